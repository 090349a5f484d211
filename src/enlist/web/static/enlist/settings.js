// Settings: what has no meaning beside what is chosen cannot be chosen.
(() => {
  const form = document.querySelector("form.settings");
  const controls = { update_details: ["add_and_update", "update"], existing_passwords: ["add_and_update", "update"] };
  const show = () => {
    const chosen = form.querySelector("[name=upload_type]:checked")?.value;
    if (!chosen) return;
    for (const [name, words] of Object.entries(controls)) {
      const control = form.querySelector(`[data-control="${name}"]`);
      if (!control) continue;
      const fits = words.includes(chosen);
      control.disabled = !fits;
      control.classList.toggle("idle", !fits);
    }
  };
  form.addEventListener("change", show);
  // What is sent whole need not be tried first.
  form.addEventListener("htmx:before:request", (event) => form.dataset.sent && event.target === form && event.preventDefault());
  show();
})();
