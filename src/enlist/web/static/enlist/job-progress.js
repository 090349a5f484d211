// <job-progress>: shows how far a job is, and loads the page again once, when the job has ended or the page leads further.
// Milliseconds between two requests: short at first, longer for a long job.
const SOON = 100;
const SLOWER = 1.2;
const AT_LEAST_EVERY = 1000;
const LATER = 3000;

class JobProgress extends HTMLElement {
  connectedCallback() {
    this.pause = SOON;
    if (this.dataset.url) this.later = setTimeout(() => this.ask(), this.pause);
  }

  disconnectedCallback() {
    clearTimeout(this.later);
  }

  async ask() {
    const answer = await fetch(this.dataset.url, { redirect: "manual" }).catch(() => null);
    // Nothing is asked after that: another answer would begin to load the page once more.
    if (answer?.headers.get("HX-Refresh") === "true") return location.reload();
    if (answer?.ok) this.innerHTML = await answer.text();
    this.pause = Math.min(this.pause * SLOWER, AT_LEAST_EVERY);
    this.later = setTimeout(() => this.ask(), answer?.ok ? this.pause : LATER);
  }
}
customElements.define("job-progress", JobProgress);
