// <review-grid>: the rows of a draft in a grid. It sends each change at once, and shows the server's answer and what others change.
const LEVELS = ["error", "warning", "notice"];
const SECONDS = 5;
// A long column name has this much room while it is edited.
const ROOM = 200;
// Milliseconds after the last key until a search begins.
const PAUSE = 300;
const ORDERS = ["", "ascending", "descending"];
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
    this.filter = { show: "", code: "", column: "", text: "", by: "", order: "", ...(this.words.username && { usernames: 1 }) };
    // A link can lead to the rows of one problem.
    Object.assign(this.filter, Object.fromEntries(new URLSearchParams(location.search)));
    this.about = "";
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
    clearTimeout(this.searching);
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

  // The head of a row, frozen but on phones: its line, and its status. Existing people have a colour, an icon and a word.
  head(cell) {
    const row = cell.getData();
    const word = row.out ? this.words.out : row.row_status || (Object.keys(row.changed).length ? this.words.edited : "–");
    const text = made("span", { look: `row-status row-status-${row.out ? "skipped" : row.row_status.replace(" ", "-")}` });
    if (row.row_status && (row.known || row.row_status === "created")) {
      const icon = made("i", { look: `bi bi-person-${row.known ? "check" : "plus"} me-1` });
      icon.setAttribute("aria-hidden", "true");
      text.append(icon, row.known ? `${this.words.known} · ` : `${this.words.new} · `);
    }
    text.append(word);
    const whole = made("span", { look: "row-head" });
    whole.append(made("span", { look: "row-line", text: row.line }), text);
    return this.marked(cell, whole);
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
    const sort = made("button", { look: "sort-button" });
    Object.assign(sort, { type: "button", title: words.sort });
    sort.dataset.by = column.header;
    sort.append(made("i", { look: "bi bi-arrow-down-up" }), made("span", { look: "visually-hidden", text: `${words.sort}: ${column.name}` }));
    sort.firstChild.setAttribute("aria-hidden", "true");
    sort.addEventListener("click", () => this.sort(column.header));
    const buttons = [name, meaning, sort];
    // One stop of the Tab key for all headers; arrow keys go from button to button.
    for (const button of buttons) button.tabIndex = this.place.querySelector(".grid-header [tabindex='0']") || button !== name || column !== this.columns[0] ? -1 : 0;
    whole.append(...buttons);
    return whole;
  }

  // A click goes on from the file's order to ascending, descending, and back.
  sort(header) {
    const order = this.filter.by === header ? ORDERS[(ORDERS.indexOf(this.filter.order) + 1) % ORDERS.length] : "ascending";
    this.show({ by: order && header, order });
  }

  showOrder() {
    for (const button of this.place.querySelectorAll(".sort-button")) {
      const order = button.dataset.by === this.filter.by ? this.filter.order : "";
      button.firstChild.className = `bi bi-${order ? `arrow-${order === "ascending" ? "up" : "down"}` : "arrow-down-up"}`;
      button.closest("[role=columnheader]").setAttribute("aria-sort", order || "none");
    }
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
    const list = { autocomplete: true, elementAttributes: { "aria-label": column.name }, freetext: true, allowEmpty: true, listOnEmpty: true, itemFormatter, values: column.options };
    return {
      title: column.name,
      field: `c${number}`,
      // Beside the button that sorts, the name can still be clicked.
      minWidth: 60,
      titleFormatter: () => this.titled(column),
      headerSort: false,
      editor: column.options.length ? "list" : "input",
      editorParams: column.options.length ? list : { elementAttributes: { "aria-label": column.name } },
      formatter: (cell) => this.marked(cell, made("span", { text: cell.getValue() ?? "" })),
      maxInitialWidth: 180,
    };
  }

  build() {
    const { words } = this;
    this.table = new Tabulator(this.place, {
      height: "100%",
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
      rowHeader: { title: `${words.line} · ${words.status}`, field: "row_status", frozen: matchMedia("(min-width: 768px)").matches, width: 200, headerSort: false, cssClass: "grid-line", formatter: (cell) => this.head(cell) },
      rowFormatter: (row) => {
        row.getElement().classList.toggle("row-out", row.getData().out);
        row.getElement().classList.toggle("row-known", row.getData().known);
        // The grid takes the focus as a whole: a stop for each cell would keep the Tab key inside it.
        for (const cell of row.getCells()) cell.getElement().removeAttribute("tabindex");
      },
      columns: [
        ...(words.username ? [{ title: words.username, field: "username", titleFormatter: () => this.generated(), headerSort: false, cssClass: "cell-made", formatter: "plaintext" }] : []),
        ...this.columns.map((column, number) => this.column(column, number)),
      ],
    });
    this.table.on("tableBuilt", () => this.built());
    this.table.on("cellEdited", (cell) => this.setCells([[cell.getData().id, cell.getField(), cell.getValue() ?? ""]]));
    this.table.on("rangeChanged", () => this.tell());
    this.table.on("renderComplete", () => this.showOrder());
  }

  // The header of the usernames that Enlist makes.
  generated() {
    const whole = made("div", { look: "grid-header" });
    const icon = made("i", { look: "bi bi-magic me-1" });
    icon.setAttribute("aria-hidden", "true");
    const note = made("span", { look: "grid-note" });
    note.append(icon, this.words.generated);
    whole.append(made("span", { text: this.words.username }), note);
    return whole;
  }

  get problem() {
    return this.querySelector("cell-problem");
  }

  // The cell that has the focus within the grid.
  get cell() {
    return this.table.getRanges()[0]?.getCells()[0]?.[0];
  }

  // What is said of the focused cell: for screen readers its place and value, and its problems under it.
  tell() {
    const { cell } = this;
    const isHere = this.place.contains(document.activeElement) && !this.isEditing;
    if (!cell || !isHere) return this.problem.hide();
    const [row, field] = [cell.getData(), cell.getField()];
    const sentences = this.sentences(row, field);
    const name = isCell(field) ? this.columns[Number(field.slice(1))].name : this.words.username;
    const about = `${this.words.line} ${row.line}, ${name}: ${cell.getValue() ?? ""}. ${sentences.join(" ")}`;
    if (about !== this.about) this.querySelector("[data-about]").textContent = this.about = about;
    const flags = [...(isCell(field) ? row.flags[field] ?? [] : []), ...(row.flags.row ?? [])];
    if (flags.length) this.problem.show(cell.getElement(), { flags, fixes: this.fixes(cell, flags), by: row.changed[field] });
    else this.problem.hide();
  }

  // The fixes of the list of problems that fit a cell.
  fixes(cell, flags) {
    const column = this.columns[Number(cell.getField().slice(1))];
    const fits = ({ dataset }) =>
      flags.some(({ code }) => code === dataset.code) && dataset.value === (cell.getValue() ?? "") && [column?.name, column?.header].includes(dataset.column);
    return [...this.querySelectorAll("#problem-kinds [data-show]")].filter((button) => fits(button) && button.dataset.likely).map((button) => ({
      value: button.dataset.likely,
      here: () => this.setCells([[cell.getData().id, cell.getField(), button.dataset.likely]]),
      everywhere: button.closest(".fixes").querySelector("form button[name=new]"),
    }));
  }

  built() {
    const [head, below] = [".tabulator-header-contents", ".tabulator-tableholder"].map((name) => this.place.querySelector(name));
    below.tabIndex = 0;
    // What takes the focus within a grid has a role that a grid can have.
    below.setAttribute("role", "rowgroup");
    below.querySelector(".tabulator-table").setAttribute("role", "presentation");
    below.addEventListener("focus", () => this.tell());
    below.addEventListener("blur", () => this.problem.hide());
    // Tabulator makes the headers a stop of their own, besides their buttons.
    this.place.querySelector(".tabulator-header").removeAttribute("tabindex");
    // When the focus moves along the headers, the cells below scroll with them.
    head.addEventListener("scroll", () => (below.scrollLeft = head.scrollLeft));
    below.addEventListener("scroll", () => this.problem.follow(below));
    if (this.queue.waiting.length) this.queue.go();
  }

  // Changes

  listen() {
    const { signal } = this.stop;
    this.queue.addEventListener("answer", (event) => this.answered(event.detail), { signal });
    this.queue.addEventListener("sent", (event) => this.sent(event.detail), { signal });
    this.place.addEventListener("paste", (event) => this.pasted(event), { signal });
    this.place.addEventListener("keydown", (event) => this.pressed(event), { capture: true, signal });
    // A double click on a header would begin to edit a cell.
    this.place.addEventListener("mousedown", (event) => event.target.closest(".grid-header") && event.stopPropagation(), { capture: true, signal });
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.querySelector("#search-rows").addEventListener("input", (event) => this.search(event.target.value), { signal });
    window.addEventListener("resize", () => this.problem.hide(), { signal });
    this.problem.addEventListener("fix", (event) => event.detail.here(), { signal });
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
    const tab = event.target.closest("[data-filter]");
    if (tab) this.show({ show: tab.dataset.filter, code: "", column: "", value: "" });
    const kind = event.target.closest("[data-show]");
    if (kind) this.uncovered(() => this.showProblem(kind.dataset));
    if (event.target.closest("[data-clear]")) this.clear();
  }

  // On a narrow window the problems cover the grid.
  uncovered(act) {
    const drawer = this.querySelector(".review-problems:is(.show, .showing)");
    if (!drawer) return void act();
    // Afterwards, as the drawer gives the focus back to its button.
    drawer.addEventListener("hidden.bs.offcanvas", () => setTimeout(act), { once: true });
    bootstrap.Offcanvas.getInstance(drawer).hide();
  }

  // The first cell with the problem gets the focus: the next key replaces it.
  async showProblem({ code, column, value, sentence }) {
    this.sentence = sentence;
    const place = this.columns.findIndex((each) => [each.name, each.header].includes(column));
    const isShown = this.show({ show: "", code, column, value });
    await isShown;
    // Tabulator leaves this promise open where the column is in view already.
    if (place >= 0) this.table.scrollToColumn(`c${place}`, "middle", false).catch(() => {});
    const cell = this.table.getRows()[0]?.getCell(`c${Math.max(place, 0)}`);
    if (!cell) return;
    this.table.getRanges()[0]?.setBounds(cell, cell);
    this.place.querySelector(".tabulator-tableholder").focus();
  }

  clear() {
    this.querySelector("#search-rows").value = "";
    this.show({ show: "", code: "", column: "", value: "", text: "", by: "", order: "" });
    this.querySelector("[data-filter='']").focus();
  }

  search(text) {
    clearTimeout(this.searching);
    this.searching = setTimeout(() => this.show({ text: text.trim() }), PAUSE);
  }

  show(filter) {
    Object.assign(this.filter, filter);
    return this.table.setPage(1);
  }

  // The tabs with their counts, and what narrows or orders the rows.
  showFilter({ counts, last_row: total }) {
    const { show, code, text, by } = this.filter;
    for (const tab of this.querySelectorAll("[data-filter]")) {
      tab.setAttribute("aria-pressed", String(tab.dataset.filter === show && !code));
      tab.querySelector("[data-count]").textContent = counts[tab.dataset.filter].toLocaleString(document.documentElement.lang);
    }
    for (const button of this.querySelectorAll("[data-show]")) {
      const { dataset } = button;
      button.closest("li").classList.toggle("is-shown", Boolean(code) && ["code", "column", "value"].every((name) => dataset[name] === this.filter[name]));
    }
    const name = this.columns.find((column) => column.header === by)?.name;
    const parts = [code && this.sentence, text && `${this.words.with} “${text}”`, by && `${this.words.sortedBy} ${name}`].filter(Boolean);
    this.querySelector("[data-filtered]").hidden = !parts.length;
    this.querySelector("[data-filtered-by]").textContent = parts.length ? `${total.toLocaleString(document.documentElement.lang)} ${total === 1 ? this.words.row : this.words.rows}: ${parts.join(" · ")}` : "";
  }

  // Keys

  pressed(event) {
    if (event.isComposing) return;
    if (event.target.closest(".tabulator-editing")) this.pressedInCell(event);
    else if (event.target.closest(".grid-header")) this.pressedInHeader(event);
    else if (event.target.closest(".tabulator-tableholder")) this.pressedInGrid(event);
  }

  // Arrow keys go along the headers, and down to the rows. Tab is the browser's: Tabulator would keep the focus.
  pressedInHeader(event) {
    if (event.key === "Tab") return event.stopPropagation();
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.target.matches("input") || (!step && event.key !== "ArrowDown")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return this.place.querySelector(".tabulator-tableholder").focus();
    const buttons = [...this.place.querySelectorAll(".grid-header button")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // Enter and Tab keep what was typed and go on, Escape drops it; arrows go on where a cell was typed over.
  pressedInCell(event) {
    const isList = this.place.querySelector(".tabulator-editing input[aria-controls], .tabulator-edit-list") || document.querySelector(".tabulator-edit-list");
    const ways = { Tab: event.shiftKey ? "left" : "right", ...(!isList && { Enter: event.shiftKey ? "up" : "down" }) };
    if (this.isTyped && !isList) Object.assign(ways, { ArrowUp: "up", ArrowDown: "down" });
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.blur();
    this.move(way);
  }

  pressedInGrid(event) {
    const { key, shiftKey } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    const { cell } = this;
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (isCommand && ["z", "y"].includes(key.toLowerCase())) {
      done();
      this.change({ do: key.toLowerCase() === "y" || shiftKey ? "redo" : "undo" });
    } else if (key === "Escape") {
      done();
      if (!this.problem.hide()) this.querySelector("[data-filter][aria-pressed=true], [data-filter]").focus();
    } else if (!cell && !isCommand) {
      // Without rows there is nowhere to go in the grid, and Tabulator would look for a cell.
      event.stopPropagation();
    } else if (key === "Tab") {
      // At the edge the browser goes on to what is before or after the grid.
      if (this.move(shiftKey ? "left" : "right")) done();
      else event.stopPropagation();
    } else if (key === "Delete" || key === "Backspace") {
      done();
      const cells = this.table.getRanges().flatMap((range) => range.getCells().flat());
      const full = cells.filter((each) => isCell(each.getField()) && each.getValue());
      this.setCells(full.map((each) => [each.getData().id, each.getField(), ""]));
    } else if (key === "Enter" && event.altKey) {
      done();
      this.problem.useFirst();
    } else if (key === "Enter" || key === "F2") {
      done();
      if (isCell(cell?.getField())) this.edit(cell);
    } else if (key.length === 1 && !isCommand && !event.altKey && isCell(cell?.getField())) {
      // The key itself is then typed into the editor, which has the focus by then.
      event.stopPropagation();
      this.edit(cell, { isTyped: true });
    }
  }

  edit(cell, { isTyped = false } = {}) {
    this.isTyped = isTyped;
    this.problem.hide();
    cell.edit();
    const input = this.place.querySelector(".tabulator-editing input");
    if (!input) return;
    if (isTyped) input.value = "";
    else input.setSelectionRange(input.value.length, input.value.length);
  }

  // Move the focused cell; whether it moved.
  move(way) {
    const before = this.cell;
    this.table.modules.selectRange.navigate(false, false, way);
    return this.cell !== before;
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
    const { show, code, text: sought, by } = this.filter;
    const isWhole = ![show, code, sought, by].some(Boolean);
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
    this.showFilter(answer);
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
