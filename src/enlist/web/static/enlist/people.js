// People: how many are ticked, and all of the page at once.
(() => {
  const many = document.querySelector("[data-many]");
  if (!many) return;
  const boxes = [...document.querySelectorAll("input[name=person]")];
  const all = document.querySelector("[data-tick-all]");
  const told = many.querySelector("[data-ticked]");
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    told.textContent = `· ${told.dataset.ticked.replace("%d", count)}`;
    told.hidden = !count;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  for (const select of many.querySelectorAll("select")) {
    select.addEventListener("change", () => {
      select.closest(".form-check").querySelector("input[type=radio]").checked = true;
    });
  }
  tell();
})();
