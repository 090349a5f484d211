// <review-grid>: the rows of a draft in a grid. It sends each change at once, and shows the server's answer and what others change.
const LEVELS = ["error", "warning", "notice"];
const SECONDS = 5;
// A long column name has this much room while it is edited.
const ROOM = 200;
const isCell = (field) => /^c\d+$/.test(field ?? "");
const made = (name, { text = "", look = "" } = {}) => Object.assign(document.createElement(name), { textContent: text, className: look });
const flagsOf = (row, field) => row.flags[isCell(field) ? field : "row"] ?? [];
const worst = (flags) => LEVELS.find((level) => flags.some((flag) => flag.level === level));

class ReviewGrid extends HTMLElement {
  connectedCallback() {
    this.place = this.querySelector("#grid");
    this.words = this.place.dataset;
    this.columns = JSON.parse(this.querySelector("#grid-columns").textContent).columns;
    this.queue = this.querySelector("change-queue");
    this.checks = this.querySelector("problem-checks");
    this.filter = { show: "" };
    this.moves = null;
    this.surplus = 0;
    this.job = { isOpen: false, last: null };
    this.stop = new AbortController();
    this.say(sessionStorage.getItem(this.saidKey) ?? "");
    sessionStorage.removeItem(this.saidKey);
    this.build();
    this.listen();
    this.follow();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.later);
    clearTimeout(this.following);
    this.table.destroy();
  }

  get saidKey() {
    return this.queue.key.replace("unsent", "said");
  }

  get isEditing() {
    return this.place.querySelector(".tabulator-editing, .grid-header input") !== null;
  }

  header(field) {
    return this.columns[Number(field.slice(1))].header;
  }

  button(name) {
    return this.querySelector(`[data-do=${name}]`);
  }

  // Showing cells

  sentences(row, field) {
    const by = row.changed[field];
    return [...flagsOf(row, field).map((flag) => flag.said), ...(by ? [`${this.words.by} ${by}.`] : [])];
  }

  // A problem of a cell has a colour, a title, and hidden text for screen readers.
  marked(cell, text) {
    const [row, field, box] = [cell.getData(), cell.getField(), cell.getElement()];
    const flags = flagsOf(row, field);
    for (const name of LEVELS) box.classList.toggle(`cell-${name}`, worst(flags) === name);
    box.classList.toggle("cell-changed", field in row.changed);
    box.title = this.sentences(row, field).join("\n");
    if (!flags.length) return text;
    const whole = made("span");
    whole.append(text, made("span", { look: "visually-hidden", text: ` (${worst(flags)}: ${flags.map((flag) => flag.said).join(" ")})` }));
    return whole;
  }

  // Existing people have a colour, an icon and a word.
  status(cell) {
    const row = cell.getData();
    const word = row.out ? this.words.out : row.row_status || (Object.keys(row.changed).length ? this.words.edited : "–");
    const text = made("span", { look: `row-status row-status-${row.out ? "skipped" : row.row_status.replace(" ", "-")}` });
    if (row.row_status && (row.known || row.row_status === "created")) {
      const icon = made("i", { look: `bi bi-person-${row.known ? "check" : "plus"} me-1` });
      icon.setAttribute("aria-hidden", "true");
      text.append(icon, row.known ? `${this.words.known} · ` : `${this.words.new} · `);
    }
    text.append(word);
    return this.marked(cell, text);
  }

  // The header of a column: a button to rename it, and one to choose what it is imported as.
  titled(column) {
    const { words } = this;
    const whole = made("div", { look: "grid-header" });
    const isRenamed = column.name !== column.header;
    const name = made("button", { look: `name-button text-truncate${isRenamed ? " is-renamed" : ""}`, text: column.name });
    const inFile = isRenamed ? `${words.inFile} ${column.header}` : "";
    Object.assign(name, { type: "button", title: inFile || words.rename });
    name.append(made("span", { look: "visually-hidden", text: ` – ${words.rename}${inFile && `. ${inFile}`}` }));
    name.addEventListener("click", () => this.rename(name, column));
    const meaning = made("button", { look: `meaning-button${column.label ? "" : " is-ignored"}`, text: column.label || words.ignored });
    Object.assign(meaning, { type: "button", title: words.meaning });
    meaning.dataset.meaning = column.header;
    meaning.append(made("span", { look: "visually-hidden", text: ` – ${words.meaning}: ${column.name}` }));
    meaning.addEventListener("click", () => this.querySelector("column-meaning").open(column));
    whole.append(name, meaning);
    return whole;
  }

  // Enter keeps the new name, and so does leaving the input; Escape doesn't.
  rename(button, column) {
    const input = Object.assign(made("input", { look: "form-control form-control-sm" }), { value: column.name });
    input.setAttribute("aria-label", `${this.words.rename}: ${column.name}`);
    let isOver = false;
    const end = ({ isKept }) => {
      if (isOver) return;
      isOver = true;
      input.replaceWith(button);
      const name = input.value.trim();
      if (isKept && name !== column.name) this.change({ do: "rename", header: column.header, name });
    };
    input.addEventListener("blur", () => end({ isKept: true }));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (!["Enter", "Escape"].includes(event.key)) return;
      // Otherwise the key would press the button as well.
      event.preventDefault();
      end({ isKept: event.key === "Enter" });
      button.focus();
    });
    const whole = this.table.getColumn(`c${this.columns.indexOf(column)}`);
    if (whole.getWidth() < ROOM) whole.setWidth(ROOM);
    button.replaceWith(input);
    input.select();
  }

  column(column, number) {
    // The grid would read the text of an option as HTML; an element is shown as it is.
    const itemFormatter = (label) => made("span", { text: label });
    const list = { autocomplete: true, freetext: true, allowEmpty: true, listOnEmpty: true, itemFormatter, values: column.options };
    return {
      title: column.name,
      field: `c${number}`,
      titleFormatter: () => this.titled(column),
      headerSort: false,
      editor: column.options.length ? "list" : "input",
      editorParams: column.options.length ? list : {},
      formatter: (cell) => this.marked(cell, made("span", { text: cell.getValue() ?? "" })),
      maxInitialWidth: 260,
    };
  }

  build() {
    const { words } = this;
    this.table = new Tabulator(this.place, {
      height: "60vh",
      layout: "fitDataFill",
      placeholder: "–",
      index: "id",
      ajaxURL: this.dataset.rows,
      ajaxParams: () => this.filter,
      ajaxResponse: (url, params, answer) => this.received(answer),
      ajaxConfig: { headers: { Accept: "application/json" } },
      pagination: true,
      paginationMode: "remote",
      paginationSize: 100,
      paginationCounter: "rows",
      paginationElement: this.querySelector("#pages"),
      dataLoader: false,
      selectableRange: 1,
      selectableRangeColumns: false,
      selectableRangeRows: true,
      selectableRangeClearCells: false,
      editTriggerEvent: "dblclick",
      clipboard: "copy",
      clipboardCopyStyled: false,
      clipboardCopyConfig: { rowHeaders: false, columnHeaders: false },
      clipboardCopyRowRange: "range",
      rowHeader: { title: words.line, field: "line", frozen: true, hozAlign: "right", width: 70, resizable: false, headerSort: false, cssClass: "grid-line" },
      rowFormatter: (row) => {
        row.getElement().classList.toggle("row-out", row.getData().out);
        row.getElement().classList.toggle("row-known", row.getData().known);
      },
      columns: [
        { title: words.status, field: "row_status", formatter: (cell) => this.status(cell), headerSort: false, width: 200 },
        ...this.columns.map((column, number) => this.column(column, number)),
      ],
    });
    this.table.on("tableBuilt", () => this.built());
    this.table.on("cellEdited", (cell) => this.setCells([[cell.getData().id, cell.getField(), cell.getValue() ?? ""]]));
    this.table.on("rangeChanged", (range) => {
      const cell = range.getCells().flat()[0];
      this.querySelector("[data-about]").textContent = cell ? this.sentences(cell.getData(), cell.getField()).join(" ") : "";
    });
  }

  built() {
    const [head, below] = [".tabulator-header-contents", ".tabulator-tableholder"].map((name) => this.place.querySelector(name));
    // Its cells take the focus themselves.
    below.removeAttribute("tabindex");
    // When the focus moves along the headers, the cells below scroll with them.
    head.addEventListener("scroll", () => (below.scrollLeft = head.scrollLeft));
    if (this.queue.waiting.length) this.queue.go();
  }

  // Changes

  listen() {
    const { signal } = this.stop;
    this.queue.addEventListener("answer", (event) => this.answered(event.detail), { signal });
    this.queue.addEventListener("sent", (event) => this.sent(event.detail), { signal });
    this.place.addEventListener("paste", (event) => this.pasted(event), { signal });
    this.place.addEventListener("keydown", (event) => this.pressed(event), { signal });
    // A double click on a header would begin to edit a cell.
    this.place.addEventListener("mousedown", (event) => event.target.closest(".grid-header") && event.stopPropagation(), { capture: true, signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.querySelector("#show").addEventListener("change", (event) => this.show({ show: event.target.value }), { signal });
  }

  change(what) {
    return this.queue.add(what);
  }

  setCells(cells) {
    if (cells.length) this.change({ do: "cells", cells: cells.map(([id, field, value]) => [id, this.header(field), value]) });
  }

  clicked(event) {
    const what = event.target.closest("[data-do]")?.dataset.do;
    const rows = () => this.table.getRanges().flatMap((range) => range.getRows()).map((row) => row.getData().id);
    if (what === "undo" || what === "redo") this.change({ do: what });
    else if (what === "stop") this.queue.ask({ do: "stop" }).then((answer) => answer.said && this.say(answer.said));
    else if (what) this.change({ do: "exclude", rows: rows(), out: what === "out" });
    const kind = event.target.closest("[data-show]");
    if (!kind) return;
    this.querySelector("#show").value = "";
    this.show({ code: kind.dataset.code, column: kind.dataset.column, value: kind.dataset.value });
  }

  show(filter) {
    this.filter = { show: "", code: "", column: "", value: "", ...filter };
    this.table.setPage(1);
  }

  pressed(event) {
    if (event.target.closest("input")) return;
    const key = event.key.toLowerCase();
    if (event.key === "Delete") {
      const cells = this.table.getRanges().flatMap((range) => range.getCells().flat());
      const full = cells.filter((cell) => isCell(cell.getField()) && cell.getValue());
      this.setCells(full.map((cell) => [cell.getData().id, cell.getField(), ""]));
    } else if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      this.change({ do: key === "y" || event.shiftKey ? "redo" : "undo" });
    }
  }

  // Cells of a spreadsheet go from the first selected cell to the right and down, as far as there are cells.
  pasted(event) {
    if (event.target.closest("input")) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    const range = this.table.getRanges()[0];
    if (!text || !range) return;
    const rows = this.table.getRows();
    const top = rows.indexOf(range.getRows()[0]);
    const fields = this.table.getColumns().map((column) => column.getField());
    const left = fields.indexOf(range.getColumns()[0].getField());
    const lines = text.split(/\r?\n/);
    // Where all rows are shown, those of the next pages are known by their number.
    const isWhole = !this.filter.show && !this.filter.code;
    const first = rows[top].getData().id;
    const last = isWhole ? Number(this.checks.dataset.total) - first : rows.length - top;
    const cells = lines.slice(0, last).flatMap((line, down) =>
      line.split("\t").map((value, right) => [isWhole ? first + down : rows[top + down].getData().id, fields[left + right], value]),
    );
    this.setCells(cells.filter(([, field]) => isCell(field)));
    this.surplus = lines.length - last;
  }

  // Answers

  say(text, { isWrong = false, link = null } = {}) {
    const said = this.querySelector("[data-said]");
    said.classList.toggle("text-danger", isWrong);
    said.replaceChildren(text, ...(link ? [" ", link] : []));
  }

  refuse(answer) {
    this.say(answer.said ?? this.words[answer.trouble === "out" ? "signedOut" : "broken"], { isWrong: true });
  }

  answered(answer) {
    const { words, surplus } = this;
    if (answer.trouble === "out") {
      const link = Object.assign(made("a", { text: words.again }), { href: this.dataset.signIn, target: "_blank", rel: "noopener" });
      this.say(`${words.signedOut} ${answer.count}`, { isWrong: true, link });
    } else if (answer.trouble) this.say(`${words[answer.trouble]} ${answer.count}`, { isWrong: answer.trouble === "lost" });
    else if (typeof answer.said === "string") this.say(`${answer.said}${surplus > 0 ? ` ${words.more} ${surplus}` : ""}`, { isWrong: !answer.ok || surplus > 0 });
    else if (!answer.ok) this.say(words.broken, { isWrong: true });
    if (!answer.trouble) this.surplus = 0;
  }

  sent(answer) {
    this.refreshSoon();
    if (answer.ok) this.checks.check();
  }

  // Another name or meaning of a column changes the whole page, which then shows the last answer again.
  async reload(text = this.querySelector("[data-said]").textContent) {
    sessionStorage.setItem(this.saidKey, text);
    await this.checks.plan();
    location.reload();
  }

  received(answer) {
    if (answer.names.join("\n") !== this.columns.map((column) => column.name).join("\n")) this.reload();
    this.button("undo").disabled = !answer.done;
    this.button("redo").disabled = !answer.undone;
    this.moves = answer.moves;
    this.showJob(answer.work);
    return answer;
  }

  refreshSoon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      if (this.isEditing) this.refreshSoon();
      else if (!this.queue.trouble) this.refresh().catch(() => {});
    }, 250);
  }

  // The same rows are updated where they are; other rows replace them.
  async refresh() {
    const asked = new URLSearchParams({ ...this.filter, page: this.table.getPage(), size: this.table.getPageSize() });
    const answer = await fetch(`${this.dataset.rows}?${asked}`, { redirect: "manual" });
    const found = await answer.json();
    const rows = this.table.getRows();
    if (this.isEditing) return this.refreshSoon();
    if (found.data.length !== rows.length || found.data.some((row, number) => row.id !== rows[number].getData().id)) return this.table.replaceData();
    this.received(found);
    await Promise.all(rows.map((row, number) => row.update(found.data[number])));
    for (const row of rows) row.reformat();
  }

  // The progress and the result of replacing cells in all rows, no matter who started it.
  showJob(job) {
    const work = this.querySelector("[data-work]");
    work.hidden = !job?.is_open;
    if (job?.is_open) {
      this.job.isOpen = true;
      work.querySelector("[data-far]").textContent = job.said;
      const bar = work.querySelector("progress");
      if (job.total) Object.assign(bar, { max: job.total, value: job.done });
      else bar.removeAttribute("value");
      return;
    }
    const isNews = this.job.isOpen || (this.job.last !== null && job && job.job !== this.job.last);
    this.job = { isOpen: false, last: job?.job ?? 0 };
    if (!isNews) return;
    if (job) this.say(job.said, { isWrong: job.is_wrong });
    this.checks.renew();
    this.refreshSoon();
  }

  // Asks again and again for changes by others.
  follow() {
    const seconds = this.job.isOpen ? 1 : SECONDS;
    this.following = setTimeout(async () => {
      await this.ask();
      if (!this.stop.signal.aborted) this.follow();
    }, seconds * 1000);
  }

  async ask() {
    const isCut = this.queue.trouble && this.queue.trouble !== "wait";
    if (document.hidden || this.moves === null || isCut || this.queue.busy) return;
    const query = new URLSearchParams({ moves: this.moves });
    const answer = await fetch(`${this.dataset.news}?${query}`, { redirect: "manual" }).catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (found?.said) this.say(found.said, { isWrong: true });
    if (!found || found.said) return;
    this.showJob(found.work);
    if (found.moves === this.moves || this.queue.busy) return;
    if (found.by.length) this.say(`${this.words.others} ${found.by.join(", ")}`);
    this.refreshSoon();
  }
}
customElements.define("review-grid", ReviewGrid);
