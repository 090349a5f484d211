// <error-summary>: what is wrong with a form is where somebody is once the page is there, and its links lead to the fields.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.focus();
    this.addEventListener("click", (event) => {
      const field = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus();
    });
  }
}
customElements.define("error-summary", ErrorSummary);
