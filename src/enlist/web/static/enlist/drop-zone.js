// <drop-zone>: a file can be dropped anywhere on it. A file that is too large is refused before it is sent.
class DropZone extends HTMLElement {
  connectedCallback() {
    this.file = this.querySelector("input[type=file]");
    for (const name of ["change", "dragenter", "dragover", "dragleave", "drop"]) this.addEventListener(name, this);
  }

  handleEvent(event) {
    if (event.type === "change") return this.weigh();
    if (event.type !== "dragleave") event.preventDefault();
    this.classList.toggle("lit", ["dragenter", "dragover"].includes(event.type));
    if (event.type !== "drop") return;
    if (event.dataTransfer.files.length) this.file.files = event.dataTransfer.files;
    this.weigh();
  }

  weigh() {
    const { most, tooLarge } = this.file.dataset;
    this.file.setCustomValidity(this.file.files[0]?.size > Number(most) ? tooLarge : "");
  }
}
customElements.define("drop-zone", DropZone);
