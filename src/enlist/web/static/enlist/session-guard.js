// <session-guard>: before a form is sent, it asks the server whether the same person is still signed in. If not, a message appears at
// the form, which keeps what was typed. The script copies nothing of it.
class SessionGuard extends HTMLElement {
  connectedCallback() {
    // Other scripts' keys of this tab begin with the person's id; what another person kept is removed.
    for (const key of Object.keys(sessionStorage)) if (!key.startsWith(`${this.dataset.who} `)) sessionStorage.removeItem(key);
    document.addEventListener("visibilitychange", async () => {
      const said = document.querySelector(".unsent");
      if (!document.hidden && said && !(await this.trouble())) this.tell(said.closest("form"), "back");
    });
    document.addEventListener("submit", (event) => this.hold(event), true);
  }

  // "" where a form can be sent; otherwise why not: out, other (somebody else is signed in), lost.
  async trouble() {
    const answer = await fetch(this.dataset.session, { redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") return "out";
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!told) return "lost";
    return String(told.who) === this.dataset.who ? "" : "other";
  }

  tell(form, why) {
    const words = this.dataset;
    form.querySelector(".unsent")?.remove();
    const said = Object.assign(document.createElement("div"), { className: "unsent alert alert-warning my-2", textContent: words[why] });
    said.setAttribute("role", "alert");
    if (["out", "other"].includes(why)) said.append(" ", Object.assign(document.createElement("a"), { href: words.signIn, target: "_blank", rel: "noopener", textContent: words.signInSaid }));
    form.append(said);
  }

  async hold(event) {
    const { target: form, submitter } = event;
    if ("leaves" in form.dataset) sessionStorage.clear();
    if (form.method !== "post" || form.dataset.ready || "leaves" in form.dataset) {
      delete form.dataset.ready;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking) return;
    form.dataset.asking = "yes";
    const why = await this.trouble();
    delete form.dataset.asking;
    if (why) {
      this.tell(form, why);
      return;
    }
    form.querySelector(".unsent")?.remove();
    // Signing in again gave another token: the cookie has it before the page does.
    const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1];
    const field = form.elements.namedItem("csrfmiddlewaretoken");
    if (token && field) field.value = token;
    form.dataset.ready = "yes";
    form.requestSubmit(submitter);
  }
}
customElements.define("session-guard", SessionGuard);
