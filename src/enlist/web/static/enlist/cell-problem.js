// <cell-problem>: what is wrong with the focused cell of a grid, under it, with its fixes. It never takes the focus.
const part = (name, { text = "", look = "" } = {}) => Object.assign(document.createElement(name), { textContent: text, className: look });

class CellProblem extends HTMLElement {
  show(cell, { flags, fixes, by }) {
    this.fixes = fixes;
    const lines = flags.map((flag) => {
      const line = part("p", { look: `level-${flag.level}` });
      const icon = part("i", { look: `bi bi-${flag.level === "error" ? "x-octagon-fill" : flag.level === "warning" ? "exclamation-triangle-fill" : "info-circle-fill"}` });
      icon.setAttribute("aria-hidden", "true");
      line.append(icon, " ", part("span", { text: flag.said }));
      return line;
    });
    const buttons = part("div", { look: "cell-fixes" });
    for (const fix of fixes) {
      const here = Object.assign(part("button", { look: "btn btn-sm btn-primary btn-fix", text: `${this.dataset.use} ${fix.value}` }), { type: "button", tabIndex: -1 });
      here.addEventListener("click", () => this.use(fix));
      const all = Object.assign(part("button", { look: "btn btn-sm btn-outline-secondary", text: fix.everywhere.textContent.trim() }), { type: "button", tabIndex: -1 });
      all.addEventListener("click", () => fix.everywhere.click());
      buttons.append(here, all);
    }
    if (fixes.length) lines.push(buttons, part("p", { look: "cell-keys", text: this.dataset.keys }));
    if (by) lines.push(part("p", { look: "cell-keys", text: `${this.dataset.by} ${by}.` }));
    this.replaceChildren(...lines);
    this.hidden = false;
    this.cell = cell;
    this.put(cell);
  }

  // When the grid scrolls, it stays with its cell, as long as the cell can be seen.
  follow(frame) {
    if (this.hidden) return;
    const [at, around] = [this.cell, frame].map((each) => each.getBoundingClientRect());
    const isSeen = this.cell.isConnected && at.top >= around.top - 1 && at.bottom <= around.bottom + 1 && at.left < around.right && at.right > around.left;
    if (isSeen) this.put(this.cell);
    else this.hide();
  }

  // Under the cell, or above it if there isn’t enough room below.
  put(cell) {
    const [at, around, own] = [cell, this.parentElement, this].map((each) => each.getBoundingClientRect());
    const left = Math.min(at.left - around.left, around.width - own.width);
    const isAbove = at.bottom + own.height > innerHeight && at.top - around.top > own.height;
    const top = isAbove ? at.top - around.top - own.height - 4 : at.bottom - around.top + 4;
    Object.assign(this.style, { left: `${Math.max(left, 0)}px`, top: `${top}px` });
  }

  // Whether it was open.
  hide() {
    const wasOpen = !this.hidden;
    this.hidden = true;
    return wasOpen;
  }

  use(fix) {
    this.hide();
    this.dispatchEvent(new CustomEvent("fix", { detail: fix }));
  }

  useFirst() {
    if (!this.hidden && this.fixes[0]) this.use(this.fixes[0]);
  }
}
customElements.define("cell-problem", CellProblem);
