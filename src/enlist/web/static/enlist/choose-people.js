// <choose-people>: counts the selected people of the list, and selects all on the page. It is around the form.
class ChoosePeople extends HTMLElement {
  connectedCallback() {
    this.boxes = [...document.querySelectorAll("input[name=person]")];
    this.all = document.querySelector("[data-tick-all]");
    this.told = this.querySelector("[data-ticked]");
    this.all.hidden = false;
    this.all.addEventListener("change", () => {
      for (const box of this.boxes) box.checked = this.all.checked;
      this.tell();
    });
    for (const box of this.boxes) box.addEventListener("change", () => this.tell());
    for (const select of this.querySelectorAll("select")) {
      select.addEventListener("change", () => {
        select.closest(".form-check").querySelector("input[type=radio]").checked = true;
      });
    }
    this.tell();
  }

  tell() {
    const count = this.boxes.filter((box) => box.checked).length;
    this.told.textContent = `· ${this.told.dataset.ticked.replace("%d", count)}`;
    this.told.hidden = !count;
    this.all.checked = count === this.boxes.length;
    this.all.indeterminate = count > 0 && count < this.boxes.length;
  }
}
customElements.define("choose-people", ChoosePeople);
