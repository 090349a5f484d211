// <change-queue>: sends changes to the server one after the other. While the server can't be reached, wants people to sign in or is
// busy, it keeps them, also over a reload, and tries again. It tells of each answer ("answer"), and when all are sent ("sent").
const AGAIN = 3000;

class ChangeQueue extends HTMLElement {
  connectedCallback() {
    this.busy = false;
    this.trouble = null;
    this.waiting = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.stop = new AbortController();
    const { signal } = this.stop;
    window.addEventListener("online", () => this.go(), { signal });
    window.addEventListener("beforeunload", (event) => this.trouble && event.preventDefault(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.go(), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.later);
  }

  // <session-guard> removes what somebody else kept in this tab, by how its key begins.
  get key() {
    return `${document.querySelector("[data-session]").dataset.who} unsent ${this.dataset.url}`;
  }

  add(what) {
    this.waiting.push(what);
    this.keep();
    return this.go();
  }

  keep() {
    if (this.waiting.length) sessionStorage.setItem(this.key, JSON.stringify(this.waiting));
    else sessionStorage.removeItem(this.key);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  async go() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.later);
    let last = null;
    while (this.waiting.length) {
      const answer = await this.ask(this.waiting[0]);
      this.trouble = answer.trouble ?? null;
      if (this.trouble) {
        // The server may have done it, and twice would be one step too many.
        if (this.trouble !== "wait" && ["undo", "redo"].includes(this.waiting[0].do)) this.waiting.shift();
        this.keep();
        break;
      }
      this.waiting.shift();
      this.keep();
      last = answer;
      this.tell("answer", answer);
    }
    this.busy = false;
    if (this.trouble) {
      this.tell("answer", { trouble: this.trouble, count: this.waiting.length });
      this.later = setTimeout(() => this.go(), AGAIN);
    } else if (last) this.tell("sent", last);
  }

  // The server's answer to one change; `trouble` where nobody knows whether the server got it.
  async ask(what) {
    // Signing in again gives another token: the cookie has it before the page does.
    const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1];
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token ?? "" };
    const sent = { method: "POST", headers, body: JSON.stringify(what), redirect: "manual" };
    const answer = await fetch(this.dataset.url, sent).catch(() => null);
    if (!answer || [502, 503, 504].includes(answer.status)) return { trouble: "lost" };
    if (answer.type === "opaqueredirect") return { trouble: "out" };
    if (answer.status === 423) return { trouble: "wait" };
    const found = await answer.json().catch(() => ({}));
    return { ok: answer.ok, said: found.said };
  }
}
customElements.define("change-queue", ChangeQueue);
