// New import: rows can be typed into a grid. They are sent as if they had been pasted, below the names of their columns.
(() => {
  const place = document.querySelector("[data-typed]");
  const element = document.getElementById("typed");
  const words = place.dataset;
  const presets = JSON.parse(document.getElementById("typed-columns").textContent);
  const form = place.closest("form");
  const ROWS = 8;
  let names = [];
  let table = null;

  const blank = (count) => Array.from({ length: count }, () => ({}));

  const heading = (cell, { number }) => {
    const name = document.createElement("input");
    name.className = "typed-name";
    name.setAttribute("aria-label", `${words.name} ${number + 1}`);
    name.value = names[number];
    name.addEventListener("input", () => {
      names[number] = name.value;
    });
    return name;
  };
  const column = (name, number) => ({ title: name, field: `c${number}`, titleFormatter: heading, titleFormatterParams: { number: number }, headerSort: false, editor: "input", width: 150 });

  const build = () => {
    names = [...presets[form.elements.preset.value]];
    table?.destroy();
    table = new Tabulator(element, {
      data: blank(ROWS),
      selectableRange: 1,
      selectableRangeColumns: false,
      selectableRangeRows: true,
      selectableRangeClearCells: true,
      editTriggerEvent: "dblclick",
      rowHeader: { title: words.row, formatter: "rownum", frozen: true, hozAlign: "right", width: 75, resizable: false, headerSort: false, cssClass: "grid-line" },
      columns: names.map(column),
    });
    table.on("tableBuilt", () => element.querySelector(".tabulator-tableholder").removeAttribute("tabindex"));
  };

  const value = (row, number) => row[`c${number}`] ?? "";
  const filled = () => table.getData().filter((row) => names.some((_, number) => value(row, number) !== ""));
  const quoted = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  // A column in which nobody typed is no column of blanks: it is not sent.
  const sent = () => {
    const rows = filled();
    const used = names.map((_, number) => number).filter((number) => rows.some((row) => value(row, number) !== ""));
    const lines = [used.map((number) => names[number]), ...rows.map((row) => used.map((number) => value(row, number)))];
    return lines.map((cells) => cells.map(quoted).join("\t")).join("\n");
  };

  const addColumn = (name) => {
    names.push(name);
    return table.addColumn(column(name, names.length - 1));
  };

  // A block out of a spreadsheet, from the chosen cell on; the grid grows with it.
  const paste = async (block) => {
    const range = table.getRanges()[0];
    if (!range) return;
    const lines = block.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    const top = table.getRows().indexOf(range.getRows()[0]);
    const left = Number(range.getColumns()[0].getField()?.slice(1) ?? 0);
    const short = top + lines.length - table.getRows().length;
    if (short > 0) await table.addData(blank(short));
    while (left + Math.max(...lines.map((cells) => cells.length)) > names.length) await addColumn(`${words.name} ${names.length + 1}`);
    const rows = table.getRows();
    lines.forEach((cells, down) => rows[top + down].update(Object.fromEntries(cells.map((value, right) => [`c${left + right}`, value]))));
  };

  place.hidden = false;
  place.addEventListener("toggle", () => {
    if (place.open && !table) build();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "preset" && table && !filled().length) build();
  });
  // Enter ends a cell; it does not send the form.
  place.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });
  element.addEventListener("paste", (event) => {
    if (event.target.closest("input")) return;
    event.preventDefault();
    paste(event.clipboardData.getData("text/plain"));
  });
  place.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more]")?.dataset.more;
    if (more === "rows") table.addData(blank(ROWS));
    if (more === "column") addColumn(`${words.name} ${names.length + 1}`);
  });
  form.addEventListener("submit", () => {
    if (table && !form.elements.file.files.length && filled().length) form.elements.pasted.value = sent();
  });
})();
