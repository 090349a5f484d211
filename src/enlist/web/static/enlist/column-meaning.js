// <column-meaning>: asks in a dialog what a column is imported as.
class ColumnMeaning extends HTMLElement {
  connectedCallback() {
    this.grid = this.closest("review-grid");
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.dialog.addEventListener("close", this);
  }

  handleEvent() {
    if (this.dialog.returnValue === "set") this.save();
  }

  open(column) {
    this.header = column.header;
    this.querySelector("[data-header]").textContent = column.name;
    this.input.value = column.label;
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  async save() {
    const answer = await this.grid.queue.ask({ do: "header", header: this.header, name: this.input.value });
    if (answer.ok) this.grid.reload(answer.said);
    else this.grid.refuse(answer);
  }
}
customElements.define("column-meaning", ColumnMeaning);
