// <import-settings>: offers only the settings that have a meaning beside the others, and finds them by their words.
const UPDATING = ["add_and_update", "update"];
const USED_WITH = { update_details: UPDATING, existing_passwords: UPDATING, renames: UPDATING, deletes: UPDATING };

class ImportSettings extends HTMLElement {
  connectedCallback() {
    for (const name of ["change", "input", "htmx:before:request"]) this.addEventListener(name, this);
    this.find = this.querySelector("[data-find]");
    this.show();
  }

  handleEvent(event) {
    if (event.target === this.find) {
      event.stopPropagation();
      this.show();
    } else if (event.type === "change") this.show();
    // A form that is being sent needs no check.
    else if (event.type === "htmx:before:request" && event.target.dataset.sent) event.preventDefault();
  }

  show() {
    const chosen = this.querySelector("[name=upload_type]:checked")?.value;
    const words = this.find.value.trim().toLowerCase();
    for (const control of this.querySelectorAll("[data-control]")) {
      const isIdle = chosen !== undefined && USED_WITH[control.dataset.control]?.includes(chosen) === false;
      control.toggleAttribute("disabled", isIdle && control.matches("fieldset"));
      control.hidden = isIdle || !control.textContent.toLowerCase().includes(words);
    }
    for (const section of this.querySelectorAll("[data-section]")) section.hidden = !section.querySelector("[data-control]:not([hidden])");
  }
}
customElements.define("import-settings", ImportSettings);
