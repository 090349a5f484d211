// <choose-people>: counts the selected people of the list, and selects all on the page or all that match. It is around the form.
class ChoosePeople extends HTMLElement {
  connectedCallback() {
    this.boxes = [...document.querySelectorAll("input[name=person]")];
    this.page = document.querySelector("[data-tick-all]");
    this.told = this.querySelector("[data-ticked]");
    this.all = this.querySelector("[data-all]");
    this.chosen = this.querySelector("input[name=chosen]");
    this.page.hidden = false;
    this.page.addEventListener("change", () => this.tick(this.page.checked));
    for (const box of this.boxes) box.addEventListener("change", () => this.tell());
    this.all.addEventListener("click", () => {
      this.tick(true);
      this.tell({ isAll: true });
    });
    this.querySelector("[data-none]").addEventListener("click", () => {
      this.tick(false);
      this.page.focus();
    });
    this.tell();
  }

  tick(isChecked) {
    for (const box of this.boxes) box.checked = isChecked;
    this.tell();
  }

  // With all that match, the server finds them by the filters, so the boxes don't count.
  tell({ isAll = false } = {}) {
    const count = this.boxes.filter((box) => box.checked).length;
    this.chosen.value = isAll ? "all" : "ticked";
    this.told.textContent = this.told.dataset.ticked.replace("%d", isAll ? this.all.dataset.all : count);
    this.all.hidden = isAll;
    this.page.checked = count === this.boxes.length;
    this.page.indeterminate = count > 0 && count < this.boxes.length;
  }
}
customElements.define("choose-people", ChoosePeople);
