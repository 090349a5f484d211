// <problem-checks>: the list of problems beside the grid. It checks a short file again after each change, and replaces only the list.
const QUICK = 20000;

class ProblemChecks extends HTMLElement {
  connectedCallback() {
    this.said = this.querySelector("[data-checking-said]");
    this.grid = this.closest("review-grid");
    if ("checking" in this.dataset) this.follow();
  }

  disconnectedCallback() {
    clearTimeout(this.later);
  }

  get isQuick() {
    return Number(this.dataset.total) <= QUICK;
  }

  async plan() {
    if (!this.isQuick) return;
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, to: "review" });
    await fetch(this.dataset.plan, { method: "POST", body, redirect: "manual" }).catch(() => {});
  }

  check() {
    if (!this.isQuick) return;
    clearTimeout(this.later);
    this.later = setTimeout(async () => {
      if (this.grid.isEditing || this.grid.queue.trouble) return this.check();
      await this.plan();
      this.follow();
    }, 1200);
  }

  async follow() {
    this.said.textContent = this.dataset.checkingWords;
    const answer = await fetch(this.dataset.progress, { redirect: "manual" }).catch(() => null);
    if (answer?.ok && answer.headers.get("HX-Refresh") !== "true") {
      this.later = setTimeout(() => this.follow(), 500);
      return;
    }
    if (answer?.ok) await this.renew();
    this.said.textContent = "";
    this.grid.refreshSoon();
  }

  async renew() {
    const page = await fetch(location.href).then((found) => found.text(), () => "");
    const kinds = new DOMParser().parseFromString(page, "text/html").getElementById("problem-kinds");
    if (kinds) this.querySelector("#problem-kinds").replaceWith(kinds);
  }
}
customElements.define("problem-checks", ProblemChecks);
