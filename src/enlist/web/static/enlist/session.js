// Before a form goes from a page that was open for a while, the server is asked whether it takes one: who was signed out
// meanwhile, or is cut off, is told so on the page they are at, and loses nothing they typed or chose there.
(() => {
  const WHILE = 60_000;
  let opened = Date.now();
  window.addEventListener("pageshow", () => (opened = Date.now()));
  const words = document.querySelector("[data-session]").dataset;
  const tell = (form, { isOut }) => {
    form.querySelector(".unsent")?.remove();
    const said = Object.assign(document.createElement("div"), { className: "unsent alert alert-warning my-2", textContent: isOut ? words.out : words.lost });
    said.setAttribute("role", "alert");
    if (isOut) said.append(" ", Object.assign(document.createElement("a"), { href: words.signIn, target: "_blank", rel: "noopener", textContent: words.signInSaid }));
    form.append(said);
  };
  document.addEventListener(
    "submit",
    async (event) => {
      const { target: form, submitter } = event;
      const isFresh = Date.now() - opened < WHILE && navigator.onLine && !form.querySelector(".unsent");
      if (form.method !== "post" || form.dataset.ready || isFresh) {
        delete form.dataset.ready;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.asking) return;
      form.dataset.asking = "yes";
      const answer = await fetch(words.session, { redirect: "manual" }).catch(() => null);
      delete form.dataset.asking;
      if (!answer?.ok) return tell(form, { isOut: answer?.type === "opaqueredirect" });
      form.querySelector(".unsent")?.remove();
      // Signing in again gave another token: the cookie has it before the page does.
      const token = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1];
      const field = form.elements.namedItem("csrfmiddlewaretoken");
      if (token && field) field.value = token;
      form.dataset.ready = "yes";
      form.requestSubmit(submitter);
    },
    true,
  );
})();
