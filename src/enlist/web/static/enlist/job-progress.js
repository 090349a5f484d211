// <job-progress>: shows how far a job is, and loads the page again once, when the job has ended or the page leads further.
const SOON = 300;
const LATER = 3000;

class JobProgress extends HTMLElement {
  connectedCallback() {
    if (this.dataset.url) this.later = setTimeout(() => this.ask(), SOON);
  }

  disconnectedCallback() {
    clearTimeout(this.later);
  }

  async ask() {
    const answer = await fetch(this.dataset.url, { redirect: "manual" }).catch(() => null);
    // Nothing is asked after that: another answer would begin to load the page once more.
    if (answer?.headers.get("HX-Refresh") === "true") return location.reload();
    if (answer?.ok) this.innerHTML = await answer.text();
    this.later = setTimeout(() => this.ask(), answer?.ok ? SOON : LATER);
  }
}
customElements.define("job-progress", JobProgress);
