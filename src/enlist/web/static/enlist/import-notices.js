// <import-notices>: shows the results of imports on every page until they are dismissed. A hidden page asks for none, and a page
// that nobody uses asks seldom.
const SECONDS = 8;
const SELDOM = 60;
const IDLE = 2 * 60_000;

class ImportNotices extends HTMLElement {
  connectedCallback() {
    this.touched = this.asked = Date.now();
    this.shown = null;
    setInterval(() => {
      const isIdle = Date.now() - this.touched > IDLE;
      if (Date.now() - this.asked >= (isIdle ? SELDOM : SECONDS) * 1000) this.ask();
    }, 1000);
    for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
      document.addEventListener(kind, () => (this.touched = Date.now()), { passive: true });
    }
    // A page that is shown again asks at once.
    document.addEventListener("visibilitychange", () => {
      this.touched = Date.now();
      if (Date.now() - this.asked >= SECONDS * 1000) this.ask();
    });
    this.addEventListener("click", (event) => this.dismiss(event));
  }

  get token() {
    return /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? this.dataset.token;
  }

  async ask() {
    if (document.hidden || this.matches(":focus-within")) return;
    this.asked = Date.now();
    const answer = await fetch(this.dataset.notices, { redirect: "manual" }).catch(() => null);
    const text = answer?.ok ? (await answer.text()).trim() : null;
    if (text === null || text === this.shown) return;
    this.shown = text;
    this.innerHTML = text;
  }

  dismiss(event) {
    if (!event.target.closest("[data-seen]")) return;
    const notice = event.target.closest("[data-notice]");
    fetch(notice.dataset.notice, { method: "POST", headers: { "X-CSRFToken": this.token }, redirect: "manual" }).catch(() => {});
    notice.remove();
    document.getElementById("content").focus();
  }
}
customElements.define("import-notices", ImportNotices);
