// <import-settings>: turns off the settings that do nothing beside the others.
const USED_WITH = { update_details: ["add_and_update", "update"], existing_passwords: ["add_and_update", "update"] };

class ImportSettings extends HTMLElement {
  connectedCallback() {
    for (const name of ["change", "htmx:before:request"]) this.addEventListener(name, this);
    this.show();
  }

  handleEvent(event) {
    if (event.type === "change") this.show();
    // A form that is being sent needs no check.
    else if (event.target.dataset.sent) event.preventDefault();
  }

  show() {
    const chosen = this.querySelector("[name=upload_type]:checked")?.value;
    if (!chosen) return;
    for (const [name, words] of Object.entries(USED_WITH)) {
      const control = this.querySelector(`[data-control="${name}"]`);
      if (!control) continue;
      control.disabled = !words.includes(chosen);
      control.classList.toggle("idle", control.disabled);
    }
  }
}
customElements.define("import-settings", ImportSettings);
