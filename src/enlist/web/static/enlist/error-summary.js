// <error-summary>: gets the focus when the page opens, and its links lead to the fields.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.focus();
    this.addEventListener("click", (event) => {
      const field = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      (field.matches("fieldset") ? field.querySelector("input") : field).focus();
    });
  }
}
customElements.define("error-summary", ErrorSummary);
