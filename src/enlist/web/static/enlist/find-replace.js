// <find-replace>: finds text in the grid around it, and replaces it once the matches were shown.
class FindReplace extends HTMLElement {
  connectedCallback() {
    this.grid = this.closest("review-grid");
    this.list = this.querySelector("[data-found]");
    this.button = this.querySelector("[data-replace-all]");
    for (const name of ["submit", "input", "click"]) this.addEventListener(name, this);
  }

  async handleEvent(event) {
    if (event.type === "input") this.button.disabled = true;
    else if (event.type === "submit") {
      event.preventDefault();
      this.look();
    } else if (event.target === this.button) {
      await this.grid.change({ do: "replace", ...this.wanted });
      this.button.disabled = true;
    }
  }

  get wanted() {
    const { find, new: text, column, whole } = this.querySelector("form").elements;
    return { find: find.value, new: text.value, column: column.value, whole: whole.checked };
  }

  async look() {
    const answer = await this.grid.queue.ask({ do: "look", ...this.wanted });
    const found = answer.ok ? answer.said : null;
    this.list.replaceChildren();
    this.button.disabled = !found?.count;
    if (!found) return this.grid.refuse(answer);
    const made = (name, text) => Object.assign(document.createElement(name), { textContent: text });
    this.list.append(made("div", `${found.count} ×`));
    for (const each of found.first) {
      const line = made("div", `${each.line} · ${each.column}: `);
      line.append(made("del", each.old), " → ", made("ins", each.new));
      this.list.append(line);
    }
  }
}
customElements.define("find-replace", FindReplace);
