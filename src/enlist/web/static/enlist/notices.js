// Notices: what became of imports is said on whatever page somebody is at, until they put it away. A page that nobody looks
// at asks for none, one that nobody touches seldom.
(() => {
  const SECONDS = 8;
  const SELDOM = 60;
  const IDLE = 2 * 60_000;
  const place = document.querySelector("[data-notices]");
  const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? place.dataset.token;
  let touched = Date.now();
  let asked = Date.now();
  let shown = null;
  const ask = async () => {
    if (document.hidden || place.matches(":focus-within")) return;
    asked = Date.now();
    const answer = await fetch(place.dataset.notices, { redirect: "manual" }).catch(() => null);
    const text = answer?.ok ? (await answer.text()).trim() : null;
    if (text === null || text === shown) return;
    shown = text;
    place.innerHTML = text;
  };
  setInterval(() => {
    const isIdle = Date.now() - touched > IDLE;
    if (Date.now() - asked >= (isIdle ? SELDOM : SECONDS) * 1000) ask();
  }, 1000);
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, () => (touched = Date.now()), { passive: true });
  }
  // Whoever comes back to a page hears at once.
  document.addEventListener("visibilitychange", () => {
    touched = Date.now();
    if (Date.now() - asked >= SECONDS * 1000) ask();
  });
  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-seen]")) return;
    const notice = event.target.closest("[data-notice]");
    fetch(notice.dataset.notice, { method: "POST", headers: { "X-CSRFToken": token() }, redirect: "manual" }).catch(() => {});
    notice.remove();
    document.getElementById("content").focus();
  });
})();
