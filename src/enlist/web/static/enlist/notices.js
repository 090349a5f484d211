// Notices: what became of imports is said on whatever page somebody is at, until they put it away.
(() => {
  const SECONDS = 8;
  const place = document.querySelector("[data-notices]");
  const token = () => /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? place.dataset.token;
  setInterval(async () => {
    if (document.hidden || place.matches(":focus-within")) return;
    const answer = await fetch(place.dataset.notices, { redirect: "manual" }).catch(() => null);
    const text = answer?.ok ? (await answer.text()).trim() : null;
    if (text === null || text === place.dataset.said) return;
    place.dataset.said = text;
    place.innerHTML = text;
  }, SECONDS * 1000);
  place.addEventListener("click", (event) => {
    if (!event.target.closest("[data-seen]")) return;
    const notice = event.target.closest("[data-notice]");
    fetch(notice.dataset.notice, { method: "POST", headers: { "X-CSRFToken": token() }, redirect: "manual" }).catch(() => {});
    notice.remove();
    document.getElementById("content").focus();
  });
})();
