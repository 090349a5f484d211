// New import: a file can be dropped anywhere on the drop zone.
(() => {
  const zone = document.querySelector("[data-drop]");
  const file = zone.querySelector("input[type=file]");
  // What is too large is said before it is sent.
  const weigh = () => file.setCustomValidity(file.files[0]?.size > Number(file.dataset.most) ? file.dataset.tooLarge : "");
  file.addEventListener("change", weigh);
  const lit = (on) => zone.classList.toggle("lit", on);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      lit(true);
    });
  }
  zone.addEventListener("dragleave", () => lit(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    lit(false);
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
    weigh();
  });
})();
