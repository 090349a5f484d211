// <typed-rows>: rows can be typed into a grid. They are sent below the names of their columns, like pasted rows.
const ROWS = 8;
const blank = (count) => Array.from({ length: count }, () => ({}));
const value = (row, number) => row[`c${number}`] ?? "";
const quoted = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

class TypedRows extends HTMLElement {
  connectedCallback() {
    this.names = [];
    this.table = null;
    this.place = this.querySelector("#typed");
    this.presets = JSON.parse(this.querySelector("#typed-columns").textContent);
    this.form = this.closest("form");
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.getElementById("way-type-tab").addEventListener("shown.bs.tab", () => !this.table && this.build(), { signal });
    this.form.addEventListener("change", (event) => event.target.name === "preset" && this.table && !this.filled().length && this.build(), { signal });
    this.form.addEventListener("submit", (event) => event.submitter?.value === "typed" && this.send(), { signal });
    for (const name of ["keydown", "paste", "click"]) this.addEventListener(name, this, { signal });
    this.hidden = false;
  }

  disconnectedCallback() {
    this.stop.abort();
    this.table?.destroy();
  }

  handleEvent(event) {
    const isInput = event.target.matches("input");
    // Enter ends a cell; it doesn't send the form.
    if (event.type === "keydown" && event.key === "Enter" && isInput) event.preventDefault();
    if (event.type === "paste" && !isInput && this.place.contains(event.target)) {
      event.preventDefault();
      this.paste(event.clipboardData.getData("text/plain"));
    }
    const more = event.type === "click" ? event.target.closest("[data-more]")?.dataset.more : "";
    if (more === "rows") this.table.addData(blank(ROWS));
    if (more === "column") this.addColumn();
  }

  heading(number) {
    const name = Object.assign(document.createElement("input"), { className: "typed-name", value: this.names[number] });
    name.setAttribute("aria-label", `${this.dataset.name} ${number + 1}`);
    name.addEventListener("input", () => (this.names[number] = name.value));
    return name;
  }

  column(name, number) {
    return { title: name, field: `c${number}`, titleFormatter: () => this.heading(number), headerSort: false, editor: "input", width: 150 };
  }

  build() {
    this.names = [...this.presets[this.form.elements.preset.value]];
    this.table?.destroy();
    this.table = new Tabulator(this.place, {
      data: blank(ROWS),
      selectableRange: 1,
      selectableRangeColumns: false,
      selectableRangeRows: true,
      selectableRangeClearCells: true,
      editTriggerEvent: "dblclick",
      rowHeader: { title: this.dataset.row, formatter: "rownum", frozen: true, hozAlign: "right", width: 75, resizable: false, headerSort: false, cssClass: "grid-line" },
      columns: this.names.map((name, number) => this.column(name, number)),
    });
    this.table.on("tableBuilt", () => this.place.querySelector(".tabulator-tableholder").removeAttribute("tabindex"));
  }

  addColumn() {
    this.names.push(`${this.dataset.name} ${this.names.length + 1}`);
    return this.table.addColumn(this.column(this.names.at(-1), this.names.length - 1));
  }

  filled() {
    return this.table.getData().filter((row) => this.names.some((_, number) => value(row, number) !== ""));
  }

  // A column that nobody typed in isn't sent: its blanks would replace values.
  text() {
    const rows = this.filled();
    const used = this.names.map((_, number) => number).filter((number) => rows.some((row) => value(row, number) !== ""));
    const lines = [used.map((number) => this.names[number]), ...rows.map((row) => used.map((number) => value(row, number)))];
    return lines.map((cells) => cells.map(quoted).join("\t")).join("\n");
  }

  send() {
    this.form.elements.pasted.value = this.filled().length ? this.text() : "";
  }

  // Pastes cells of a spreadsheet from the selected cell on; the grid grows with them.
  async paste(block) {
    const range = this.table.getRanges()[0];
    if (!range) return;
    const lines = block.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    const top = this.table.getRows().indexOf(range.getRows()[0]);
    const left = Number(range.getColumns()[0].getField()?.slice(1) ?? 0);
    const short = top + lines.length - this.table.getRows().length;
    if (short > 0) await this.table.addData(blank(short));
    while (left + Math.max(...lines.map((cells) => cells.length)) > this.names.length) await this.addColumn();
    const rows = this.table.getRows();
    lines.forEach((cells, down) => rows[top + down].update(Object.fromEntries(cells.map((cell, right) => [`c${left + right}`, cell]))));
  }
}
customElements.define("typed-rows", TypedRows);
