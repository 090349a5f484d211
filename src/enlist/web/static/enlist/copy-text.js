// <copy-text data-of="id">: its button copies the text of another element. Without a clipboard, it selects the text instead.
class CopyText extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.copy(document.getElementById(this.dataset.of)));
  }

  async copy(from) {
    try {
      await navigator.clipboard.writeText(from.textContent.trim());
      this.querySelector("span").textContent = this.dataset.done;
    } catch {
      getSelection().selectAllChildren(from);
    }
  }
}
customElements.define("copy-text", CopyText);
