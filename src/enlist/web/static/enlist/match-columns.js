// <match-columns>: answers set the settings in the drawer, which saves them; filters show some of the columns.
class MatchColumns extends HTMLElement {
  connectedCallback() {
    this.drawer = this.querySelector("#settings");
    this.form = this.drawer.querySelector("form");
    // Whether a change of the settings waits to be sent, and how many the server hasn't answered.
    this.isWaiting = false;
    this.sent = 0;
    this.held = null;
    for (const name of ["click", "change", "submit", "htmx:before:request", "htmx:finally:request"]) this.addEventListener(name, this);
    // Escape closes it from within. Somebody who is in one of its fields by then stays there.
    this.drawer.addEventListener("shown.bs.offcanvas", () => this.drawer.contains(document.activeElement) || this.drawer.querySelector("[data-find]").focus());
    if ("open" in this.dataset) window.addEventListener("load", () => bootstrap.Offcanvas.getOrCreateInstance(this.drawer).show(), { once: true });
  }

  handleEvent(event) {
    if (event.type.startsWith("htmx:")) return event.target === this.form && this.asked(event.type);
    if (event.type === "submit") return this.hold(event);
    if (event.type === "change" && this.form.contains(event.target)) this.isWaiting = true;
    const answer = event.target.closest("[data-settings]");
    if (answer && (event.type === "change" || answer.matches("button"))) return this.set(JSON.parse(answer.dataset.settings || "{}"));
    const only = event.type === "click" && event.target.closest("[data-only]");
    if (only) this.show(only);
  }

  asked(type) {
    if (type === "htmx:before:request") {
      this.isWaiting = false;
      this.sent += 1;
      return;
    }
    this.sent -= 1;
    const { held } = this;
    if (!held) return this.renew();
    if (this.isWaiting || this.sent) return;
    this.held = null;
    if (this.drawer.querySelector("#checked .alert-danger")) bootstrap.Offcanvas.getOrCreateInstance(this.drawer).show();
    else held.form.requestSubmit(held.submitter);
  }

  // Another form is sent once the settings are saved: what comes next depends on them.
  hold(event) {
    if (event.target === this.form || !(this.isWaiting || this.sent)) return;
    event.preventDefault();
    event.stopPropagation();
    this.held = { form: event.target, submitter: event.submitter };
  }

  // Puts values into the settings, as if the person had chosen them there.
  set(values) {
    for (const [name, text] of Object.entries(values)) {
      const words = text.split(",");
      for (const input of this.form.querySelectorAll(`[name="${name}"]`)) {
        if (["radio", "checkbox"].includes(input.type)) input.checked = words.includes(input.value);
        else input.value = text;
      }
    }
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(button) {
    for (const each of this.querySelectorAll("[data-only]")) each.setAttribute("aria-pressed", each === button);
    for (const row of this.querySelectorAll("tr[data-sureness]")) row.hidden = button.dataset.only && row.dataset.sureness !== button.dataset.only;
  }

  // The questions show the effects of the settings that were saved; what has the focus keeps it.
  async renew() {
    const page = await fetch(location.pathname).then((found) => found.text(), () => "");
    const questions = new DOMParser().parseFromString(page, "text/html").getElementById("questions");
    const old = this.querySelector("#questions");
    if (!questions || questions.innerHTML === old.innerHTML) return;
    const inputs = [...old.querySelectorAll("input, button")];
    const place = inputs.indexOf(document.activeElement);
    old.replaceWith(questions);
    if (place >= 0) questions.querySelectorAll("input, button")[place]?.focus();
  }
}
customElements.define("match-columns", MatchColumns);
