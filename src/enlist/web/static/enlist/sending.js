// Sending: changes go to the server one after the other. Where it cannot be reached, wants a new signing in, or has them
// wait, they are kept, also over a reload of the page; that is said, and they are sent again.
window.Sending = class {
  constructor({ url, tell, went }) {
    Object.assign(this, { url, tell, went, key: `${document.querySelector("[data-session]").dataset.who} unsent ${url}`, busy: false });
    this.waiting = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    window.addEventListener("online", () => this.go());
    document.addEventListener("visibilitychange", () => document.hidden || this.go());
    window.addEventListener("beforeunload", (event) => this.trouble && event.preventDefault());
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

  async go() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.later);
    let last = null;
    while (this.waiting.length) {
      const answer = await this.ask(this.waiting[0]);
      this.trouble = answer.trouble ?? null;
      if (this.trouble) {
        // It may have been heard, and twice would be one step too many.
        if (this.trouble !== "wait" && ["undo", "redo"].includes(this.waiting[0].do)) this.waiting.shift();
        this.keep();
        break;
      }
      this.waiting.shift();
      this.keep();
      last = answer;
      this.tell(answer);
    }
    this.busy = false;
    if (this.trouble) {
      this.tell({ trouble: this.trouble, count: this.waiting.length });
      this.later = setTimeout(() => this.go(), 3000);
    } else if (last) this.went(last);
  }

  // What the server says to one change; `trouble` where nobody knows whether it heard of it.
  async ask(what) {
    // Signing in gives another token: the cookie has it before the page does.
    const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1];
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token ?? "" };
    const sent = { method: "POST", headers, body: JSON.stringify(what), redirect: "manual" };
    const answer = await fetch(this.url, sent).catch(() => null);
    if (!answer || [502, 503, 504].includes(answer.status)) return { trouble: "lost" };
    if (answer.type === "opaqueredirect") return { trouble: "out" };
    if (answer.status === 423) return { trouble: "wait" };
    const told = await answer.json().catch(() => ({}));
    return { ok: answer.ok, said: told.said };
  }
};
