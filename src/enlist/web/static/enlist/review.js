// Review: the grid of a draft's rows. Whatever is changed is sent at once; the server says what that came to.
(() => {
  const place = document.querySelector("[data-review]");
  const element = document.getElementById("grid");
  const words = element.dataset;
  const { columns } = JSON.parse(document.getElementById("grid-columns").textContent);
  const said = place.querySelector("[data-said]");
  const about = place.querySelector("[data-about]");
  const filter = { show: "" };
  const button = (name) => place.querySelector(`[data-do=${name}]`);
  const isCell = (field) => /^c\d+$/.test(field ?? "");
  const header = (field) => columns[Number(field.slice(1))].header;
  const made = (name, { text = "", look = "" } = {}) => Object.assign(document.createElement(name), { textContent: text, className: look });
  let moves = null;

  const flagsOf = (row, field) => row.flags[isCell(field) ? field : "row"] ?? [];
  const worst = (flags) => ["error", "warning", "notice"].find((level) => flags.some((flag) => flag.level === level));
  const sentences = (row, field) => {
    const by = row.changed[field];
    return [...flagsOf(row, field).map((flag) => flag.said), ...(by ? [`${words.by} ${by}.`] : [])];
  };

  // A cell says what is wrong with it by its colour, a sign, and in words to whoever asks or cannot see.
  const marked = (cell, text) => {
    const [row, field, box] = [cell.getData(), cell.getField(), cell.getElement()];
    const flags = flagsOf(row, field);
    for (const name of ["error", "warning", "notice"]) box.classList.toggle(`cell-${name}`, worst(flags) === name);
    box.classList.toggle("cell-changed", field in row.changed);
    box.title = sentences(row, field).join("\n");
    if (!flags.length) return text;
    const whole = made("span");
    whole.append(text, made("span", { look: "visually-hidden", text: ` (${worst(flags)}: ${flags.map((flag) => flag.said).join(" ")})` }));
    return whole;
  };
  const shown = (cell) => marked(cell, made("span", { text: cell.getValue() ?? "" }));

  // Who is known already has a colour, a sign and a word.
  const status = (cell) => {
    const row = cell.getData();
    const word = row.out ? words.out : row.row_status || (Object.keys(row.changed).length ? words.edited : "–");
    const text = made("span", { look: `row-status row-status-${row.out ? "skipped" : row.row_status.replace(" ", "-")}` });
    if (row.row_status && (row.known || row.row_status === "created")) {
      const icon = made("i", { look: `bi bi-person-${row.known ? "check" : "plus"} me-1` });
      icon.setAttribute("aria-hidden", "true");
      text.append(icon, row.known ? `${words.known} · ` : `${words.new} · `);
    }
    text.append(word);
    return marked(cell, text);
  };

  // Above a column stands what it is called, to be written over, and what it is taken for, to be chosen.
  const titled = (cell, column) => {
    const whole = made("div", { look: "grid-header" });
    const isRenamed = column.name !== column.header;
    const name = made("button", { look: `name-button text-truncate${isRenamed ? " is-renamed" : ""}`, text: column.name });
    const inFile = isRenamed ? `${words.inFile} ${column.header}` : "";
    Object.assign(name, { type: "button", title: inFile || words.rename });
    name.append(made("span", { look: "visually-hidden", text: ` – ${words.rename}${inFile && `. ${inFile}`}` }));
    name.addEventListener("click", () => renaming(name, column));
    const meaning = made("button", { look: `meaning-button${column.label ? "" : " is-ignored"}`, text: column.label || words.ignored });
    Object.assign(meaning, { type: "button", title: words.taken });
    meaning.dataset.meaning = column.header;
    meaning.append(made("span", { look: "visually-hidden", text: ` – ${words.taken}: ${column.name}` }));
    whole.append(name, meaning);
    return whole;
  };

  // Enter, or going elsewhere, keeps what was written there; Escape does not.
  const ROOM = 200;
  const renaming = (button, column) => {
    const input = Object.assign(made("input", { look: "form-control form-control-sm" }), { value: column.name });
    input.setAttribute("aria-label", `${words.rename}: ${column.name}`);
    let isOver = false;
    const end = ({ isKept }) => {
      if (isOver) return;
      isOver = true;
      input.replaceWith(button);
      const name = input.value.trim();
      if (isKept && name !== column.name) change({ do: "rename", header: column.header, name });
    };
    input.addEventListener("blur", () => end({ isKept: true }));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (!["Enter", "Escape"].includes(event.key)) return;
      // Else the key would press the button as well.
      event.preventDefault();
      end({ isKept: event.key === "Enter" });
      button.focus();
    });
    // A long name has room while it is written.
    const whole = table.getColumn(`c${columns.indexOf(column)}`);
    if (whole.getWidth() < ROOM) whole.setWidth(ROOM);
    button.replaceWith(input);
    input.select();
  };

  const heard = (answer) => {
    if (answer.names.join("\n") !== columns.map((column) => column.name).join("\n")) anew();
    button("undo").disabled = !answer.done;
    button("redo").disabled = !answer.undone;
    moves = answer.moves;
    worked(answer.work);
    return answer;
  };

  // The grid takes the text of a choice for HTML; an element is put there as it is.
  const listed = { autocomplete: true, freetext: true, allowEmpty: true, listOnEmpty: true, itemFormatter: (label) => made("span", { text: label }) };
  const table = new Tabulator(element, {
    height: "60vh",
    layout: "fitDataFill",
    placeholder: "–",
    index: "id",
    ajaxURL: place.dataset.rows,
    ajaxParams: () => filter,
    ajaxResponse: (url, params, answer) => heard(answer),
    ajaxConfig: { headers: { Accept: "application/json" } },
    pagination: true,
    paginationMode: "remote",
    paginationSize: 100,
    paginationCounter: "rows",
    paginationElement: document.getElementById("pages"),
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
      { title: words.status, field: "row_status", formatter: status, headerSort: false, width: 200 },
      ...columns.map((column, number) => ({
        title: column.name,
        field: `c${number}`,
        titleFormatter: titled,
        titleFormatterParams: column,
        headerSort: false,
        editor: column.options.length ? "list" : "input",
        editorParams: column.options.length ? { ...listed, values: column.options } : {},
        formatter: shown,
        maxInitialWidth: 260,
      })),
    ],
  });

  table.on("tableBuilt", () => {
    // Its cells can be reached by the keyboard; what they stand in need not.
    element.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
    // Who goes along the headers by keys, or writes in one, takes the cells below along.
    const [head, below] = [".tabulator-header-contents", ".tabulator-tableholder"].map((name) => element.querySelector(name));
    head.addEventListener("scroll", () => (below.scrollLeft = head.scrollLeft));
  });

  const say = (text, { isWrong = false, link = null } = {}) => {
    said.classList.toggle("text-danger", isWrong);
    said.replaceChildren(text, ...(link ? [" ", link] : []));
  };
  const signIn = () => Object.assign(made("a", { text: words.again }), { href: place.dataset.signIn, target: "_blank", rel: "noopener" });
  let surplus = 0;
  const sending = new Sending({
    url: place.dataset.edit,
    tell: (answer) => {
      if (answer.trouble === "out") say(`${words.signedOut} ${answer.count}`, { isWrong: true, link: signIn() });
      else if (answer.trouble) say(`${words[answer.trouble]} ${answer.count}`, { isWrong: answer.trouble === "lost" });
      else if (typeof answer.said === "string") say(`${answer.said}${surplus > 0 ? ` ${words.more} ${surplus}` : ""}`, { isWrong: !answer.ok || surplus > 0 });
      else if (!answer.ok) say(words.broken, { isWrong: true });
      if (!answer.trouble) surplus = 0;
    },
    went: (answer) => {
      again();
      if (answer.ok) check();
    },
  });
  const change = (what) => sending.add(what);

  // What columns are called or taken for changes the whole page; what was said of it last is said again there.
  const SAID = sending.key.replace("unsent", "said");
  const anew = async (text = said.textContent) => {
    sessionStorage.setItem(SAID, text);
    if (isQuick) await planned();
    location.reload();
  };
  say(sessionStorage.getItem(SAID) ?? "");
  sessionStorage.removeItem(SAID);

  let waiting = null;
  const isEditing = () => element.querySelector(".tabulator-editing, .grid-header input") !== null;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (isEditing()) again();
      else if (!sending.trouble) refreshed().catch(() => {});
    }, 250);
  };
  // The same rows get what is new of them, and stay where they are; other rows are put in their place.
  const refreshed = async () => {
    const asked = new URLSearchParams({ ...filter, page: table.getPage(), size: table.getPageSize() });
    const answer = await fetch(`${place.dataset.rows}?${asked}`, { redirect: "manual" });
    const told = await answer.json();
    const rows = table.getRows();
    if (isEditing()) return again();
    if (told.data.length !== rows.length || told.data.some((row, number) => row.id !== rows[number].getData().id)) return table.replaceData();
    heard(told);
    await Promise.all(rows.map((row, number) => row.update(told.data[number])));
    for (const row of rows) row.reformat();
  };
  if (sending.waiting.length) table.on("tableBuilt", () => sending.go());

  // Work on all rows, whoever asked for it: how far it is, and what became of it.
  const work = place.querySelector("[data-work]");
  let isWorking = false;
  let last = null;
  const worked = (told) => {
    work.hidden = !told?.is_open;
    if (told?.is_open) {
      isWorking = true;
      work.querySelector("[data-far]").textContent = told.said;
      const bar = work.querySelector("progress");
      if (told.total) Object.assign(bar, { max: told.total, value: told.done });
      else bar.removeAttribute("value");
      return;
    }
    const isNews = isWorking || (last !== null && told && told.job !== last);
    isWorking = false;
    last = told?.job ?? 0;
    if (!isNews) return;
    if (told) say(told.said, { isWrong: told.is_wrong });
    renewed(location.href);
    again();
  };

  // What others change is seen here as well, and who they are.
  const SECONDS = 5;
  const listen = () => setTimeout(async () => (await listened(), listen()), (isWorking ? 1 : SECONDS) * 1000);
  const listened = async () => {
    const isCut = sending.trouble && sending.trouble !== "wait";
    if (document.hidden || moves === null || isCut || sending.busy) return;
    const answer = await fetch(`${place.dataset.news}?${new URLSearchParams({ moves })}`, { redirect: "manual" }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (told?.said) say(told.said, { isWrong: true });
    if (!told || told.said) return;
    worked(told.work);
    if (told.moves === moves || sending.busy) return;
    if (told.by.length) say(`${words.others} ${told.by.join(", ")}`);
    again();
  };
  listen();

  // What is wrong with the rows is looked for again by itself, where that is quick; the page stays as it is meanwhile.
  const QUICK = 20000;
  const checking = place.querySelector("[data-checking-said]");
  let looking = null;
  const isQuick = Number(place.dataset.total) <= QUICK;
  const planned = () => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: place.querySelector("[name=csrfmiddlewaretoken]").value, to: "review" });
    return fetch(place.dataset.plan, { method: "POST", body, redirect: "manual" }).catch(() => {});
  };
  const check = () => {
    if (!isQuick) return;
    clearTimeout(looking);
    looking = setTimeout(async () => {
      if (isEditing() || sending.trouble) return check();
      await planned();
      checked();
    }, 1200);
  };
  const renewed = async (address) => {
    const page = await fetch(address).then((found) => found.text(), () => "");
    const kinds = new DOMParser().parseFromString(page, "text/html").getElementById("problem-kinds");
    if (kinds) document.getElementById("problem-kinds").replaceWith(kinds);
  };
  const checked = async () => {
    checking.textContent = words.checking;
    const answer = await fetch(place.dataset.progress, { redirect: "manual" }).catch(() => null);
    if (answer?.ok && answer.headers.get("HX-Refresh") !== "true") {
      looking = setTimeout(checked, 500);
      return;
    }
    if (answer?.ok) await renewed(location.href);
    checking.textContent = "";
    again();
  };
  if ("checking" in place.dataset) checked();

  table.on("cellEdited", (cell) => {
    change({ do: "cells", cells: [[cell.getData().id, header(cell.getField()), cell.getValue() ?? ""]] });
  });

  // What is wrong with the cell one stands on is said below the grid.
  table.on("rangeChanged", (range) => {
    const cell = range.getCells().flat()[0];
    about.textContent = cell ? sentences(cell.getData(), cell.getField()).join(" ") : "";
  });

  const chosen = () => table.getRanges().flatMap((range) => range.getRows());

  // A block out of a spreadsheet: from the first chosen cell to the right and down, as far as there are cells.
  const pasted = (text) => {
    const range = table.getRanges()[0];
    const rows = table.getRows();
    const top = rows.indexOf(range.getRows()[0]);
    const fields = table.getColumns().map((column) => column.getField());
    const left = fields.indexOf(range.getColumns()[0].getField());
    const lines = text.split(/\r?\n/);
    // Where all rows are shown, those of the next pages are known by their number.
    const isWhole = !filter.show && !filter.code;
    const first = rows[top].getData().id;
    const last = isWhole ? Number(place.dataset.total) - first : rows.length - top;
    const cells = lines.slice(0, last).flatMap((line, down) =>
      line.split("\t").map((value, right) => [isWhole ? first + down : rows[top + down].getData().id, fields[left + right], value]),
    );
    const fitting = cells.filter(([, field]) => isCell(field));
    if (fitting.length) change({ do: "cells", cells: fitting.map(([id, field, value]) => [id, header(field), value]) });
    surplus = lines.length - last;
  };
  element.addEventListener("paste", (event) => {
    if (event.target.closest("input")) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (text && table.getRanges().length) pasted(text);
  });
  element.addEventListener("keydown", (event) => {
    if (event.target.closest("input")) return;
    const key = event.key.toLowerCase();
    if (event.key === "Delete") {
      const cells = table.getRanges().flatMap((range) => range.getCells().flat());
      const full = cells.filter((cell) => isCell(cell.getField()) && cell.getValue());
      if (full.length) change({ do: "cells", cells: full.map((cell) => [cell.getData().id, header(cell.getField()), ""]) });
    } else if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      change({ do: key === "y" || event.shiftKey ? "redo" : "undo" });
    }
  });

  const replace = place.querySelector("[data-replace]");
  const wanted = () => ({ find: replace.elements.find.value, new: replace.elements.new.value, column: replace.elements.column.value, whole: replace.elements.whole.checked });
  replace.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await sending.ask({ do: "look", ...wanted() });
    const found = answer.ok ? answer.said : null;
    const list = replace.querySelector("[data-found]");
    list.replaceChildren();
    button("replace").disabled = !found?.count;
    if (!found) return say(answer.said ?? words.broken, { isWrong: true });
    list.append(made("div", { text: `${found.count} ×` }));
    for (const each of found.first) {
      const line = made("div", { text: `${each.line} · ${each.column}: ` });
      line.append(made("del", { text: each.old }), " → ", made("ins", { text: each.new }));
      list.append(line);
    }
  });
  replace.addEventListener("input", () => {
    button("replace").disabled = true;
  });

  // What a column is taken for: a reload shows what that came to.
  const dialog = place.querySelector("dialog");
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "set") return;
    const answer = await sending.ask({ do: "header", header: dialog.dataset.of, name: dialog.querySelector("input").value });
    if (answer.ok) anew(answer.said);
    else say(answer.said ?? words[answer.trouble === "out" ? "signedOut" : "broken"], { isWrong: true });
  });
  // A double click on its way into the grid would begin an edit there.
  element.addEventListener("mousedown", (event) => event.target.closest(".grid-header") && event.stopPropagation(), true);

  place.addEventListener("click", (event) => {
    const meaning = event.target.closest("[data-meaning]");
    if (meaning) {
      dialog.dataset.of = meaning.dataset.meaning;
      const column = columns.find((each) => each.header === meaning.dataset.meaning);
      dialog.querySelector("[data-header]").textContent = column.name;
      dialog.querySelector("input").value = column.label;
      dialog.returnValue = "";
      dialog.showModal();
    }
    const pressed = event.target.closest("[data-do]");
    if (pressed) {
      const what = pressed.dataset.do;
      if (what === "undo" || what === "redo") change({ do: what });
      else if (what === "replace") change({ do: "replace", ...wanted() }).then(() => (pressed.disabled = true));
      else if (what === "stop") sending.ask({ do: "stop" }).then((answer) => answer.said && say(answer.said));
      else change({ do: "exclude", rows: chosen().map((row) => row.getData().id), out: what === "out" });
    }
    const kind = event.target.closest("[data-show]");
    if (kind) {
      Object.assign(filter, { show: "", code: kind.dataset.code, column: kind.dataset.column, value: kind.dataset.value });
      document.getElementById("show").value = "";
      table.setPage(1);
    }
  });
  document.getElementById("show").addEventListener("change", (event) => {
    Object.assign(filter, { show: event.target.value, code: "", column: "", value: "" });
    table.setPage(1);
  });
})();
