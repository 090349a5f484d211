// <print-page>: its button prints the page.
class PrintPage extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => print());
  }
}
customElements.define("print-page", PrintPage);
