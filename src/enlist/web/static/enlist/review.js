// Review: the grid of a draft's rows. Whatever is changed is sent at once; the server says what that came to.
(() => {
  const place = document.querySelector("[data-review]");
  const element = document.getElementById("grid");
  const words = element.dataset;
  const { columns } = JSON.parse(document.getElementById("grid-columns").textContent);
  const token = place.querySelector("[name=csrfmiddlewaretoken]").value;
  const said = place.querySelector("[data-said]");
  const filter = { show: "" };
  const button = (name) => place.querySelector(`[data-do=${name}]`);

  const flagsOf = (cell) => cell.getData().flags[cell.getField()] ?? [];
  const worst = (flags) => ["error", "warning", "notice"].find((level) => flags.some((flag) => flag.level === level));

  // A cell says what is wrong with it by its colour, a sign, and in words to whoever asks or cannot see.
  const shown = (cell) => {
    const flags = flagsOf(cell);
    const box = cell.getElement();
    for (const name of ["cell-error", "cell-warning", "cell-notice", "cell-changed"]) box.classList.remove(name);
    if (cell.getData().changed.includes(cell.getField())) box.classList.add("cell-changed");
    const text = document.createElement("span");
    text.textContent = cell.getValue() ?? "";
    if (!flags.length) return text;
    box.classList.add(`cell-${worst(flags)}`);
    box.title = flags.map((flag) => flag.said).join("\n");
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = ` (${worst(flags)}: ${flags.map((flag) => flag.said).join(" ")})`;
    const whole = document.createElement("span");
    whole.append(text, hidden);
    return whole;
  };

  const status = (cell) => {
    const row = cell.getData();
    const text = document.createElement("span");
    const flags = row.flags.row ?? [];
    text.textContent = row.out ? words.out : row.fate || (row.changed.length ? words.edited : "–");
    text.className = `fate fate-${row.out ? "skipped" : row.fate}`;
    if (flags.length) {
      const box = cell.getElement();
      box.classList.add(`cell-${worst(flags)}`);
      box.title = flags.map((flag) => flag.said).join("\n");
    }
    return text;
  };

  const table = new Tabulator(element, {
    height: "60vh",
    layout: "fitDataFill",
    placeholder: "–",
    index: "id",
    ajaxURL: place.dataset.rows,
    ajaxParams: () => filter,
    ajaxResponse: (url, params, answer) => {
      button("undo").disabled = !answer.done;
      button("redo").disabled = !answer.undone;
      return answer;
    },
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
    rowFormatter: (row) => row.getElement().classList.toggle("row-out", row.getData().out),
    columns: [
      { title: words.status, field: "fate", formatter: status, headerSort: false, width: 130 },
      ...columns.map((title, number) => ({
        title: title,
        field: `c${number}`,
        titleFormatter: "plaintext",
        headerSort: false,
        editor: "input",
        formatter: shown,
        maxInitialWidth: 260,
      })),
    ],
  });

  table.on("tableBuilt", () => {
    // Its cells can be reached by the keyboard; what they stand in need not.
    element.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
  });

  const send = async (what) => {
    const answer = await fetch(place.dataset.edit, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(what),
    });
    const told = await answer.json().catch(() => ({ said: answer.statusText }));
    said.classList.toggle("text-danger", !answer.ok);
    if (typeof told.said === "string") said.textContent = told.said;
    return answer.ok ? told.said : null;
  };

  let waiting = null;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => (element.querySelector(".tabulator-editing") ? again() : table.replaceData()), 250);
  };
  const change = async (what) => {
    const done = await send(what).catch(() => {
      said.textContent = words.lost;
      said.classList.add("text-danger");
    });
    again();
    if (done) check();
  };

  // What is wrong with the rows is looked for again by itself, where that is quick; the page stays as it is meanwhile.
  const QUICK = 20000;
  const checking = place.querySelector("[data-checking-said]");
  let looking = null;
  const check = () => {
    if (Number(place.dataset.total) > QUICK) return;
    clearTimeout(looking);
    looking = setTimeout(async () => {
      if (element.querySelector(".tabulator-editing")) return check();
      const body = new URLSearchParams({ csrfmiddlewaretoken: token, to: "review" });
      await fetch(place.dataset.plan, { method: "POST", body, redirect: "manual" }).catch(() => {});
      checked();
    }, 1200);
  };
  const checked = async () => {
    checking.textContent = words.checking;
    const answer = await fetch(place.dataset.progress).catch(() => null);
    if (answer && answer.headers.get("HX-Refresh") !== "true") {
      looking = setTimeout(checked, 500);
      return;
    }
    const page = await fetch(location.href).then((found) => found.text(), () => "");
    const kinds = new DOMParser().parseFromString(page, "text/html").getElementById("problem-kinds");
    if (kinds) document.getElementById("problem-kinds").replaceWith(kinds);
    checking.textContent = "";
    again();
  };
  if ("checking" in place.dataset) checked();

  table.on("cellEdited", (cell) => {
    const number = Number(cell.getField().slice(1));
    change({ do: "cells", cells: [[cell.getData().id, columns[number], cell.getValue() ?? ""]] });
  });

  const chosen = () => table.getRanges().flatMap((range) => range.getRows());

  // A block out of a spreadsheet: from the first chosen cell to the right and down, as far as there are cells.
  element.addEventListener("paste", (event) => {
    if (event.target.closest("input")) return;
    event.preventDefault();
    const range = table.getRanges()[0];
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!range || !text) return;
    const rows = table.getRows();
    const top = rows.indexOf(range.getRows()[0]);
    const fields = table.getColumns().map((column) => column.getField());
    const left = fields.indexOf(range.getColumns()[0].getField());
    const cells = [];
    text.split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const field = fields[left + right];
        if (rows[top + down] && /^c\d+$/.test(field ?? "")) {
          cells.push([rows[top + down].getData().id, columns[Number(field.slice(1))], value]);
        }
      });
    });
    if (cells.length) change({ do: "cells", cells: cells });
  });

  const replace = place.querySelector("[data-replace]");
  const wanted = () => ({ find: replace.elements.find.value, new: replace.elements.new.value, column: replace.elements.column.value, whole: replace.elements.whole.checked });
  replace.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await send({ do: "look", ...wanted() });
    const list = replace.querySelector("[data-found]");
    list.replaceChildren();
    button("replace").disabled = !found?.count;
    if (!found) return;
    const head = document.createElement("div");
    head.textContent = `${found.count} ×`;
    list.append(head);
    for (const each of found.first) {
      const line = document.createElement("div");
      const old = document.createElement("del");
      const next = document.createElement("ins");
      old.textContent = each.old;
      next.textContent = each.new;
      line.append(`${each.line} · ${each.column}: `, old, " → ", next);
      list.append(line);
    }
  });
  replace.addEventListener("input", () => {
    button("replace").disabled = true;
  });

  place.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do]");
    if (pressed) {
      const what = pressed.dataset.do;
      if (what === "undo" || what === "redo") change({ do: what });
      else if (what === "replace") change({ do: "replace", ...wanted() }).then(() => (pressed.disabled = true));
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
