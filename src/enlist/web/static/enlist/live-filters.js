// <live-filters>: sends the form inside it when a filter is chosen, and puts the focus back where it was on the new page.
class LiveFilters extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    this.querySelector("[data-go]").hidden = true;
    const last = sessionStorage.getItem("filter");
    sessionStorage.removeItem("filter");
    if (last) form.elements[last]?.focus();
    form.addEventListener("change", (event) => {
      sessionStorage.setItem("filter", event.target.id);
      form.requestSubmit();
    });
    // What isn't set stays out of the address.
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  }
}
customElements.define("live-filters", LiveFilters);
