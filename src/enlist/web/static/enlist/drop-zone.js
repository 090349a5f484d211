// <drop-zone>: a file that is chosen, dropped or pasted is uploaded at once, with its progress. What goes wrong is said beside it, and
// can be tried again; the server makes one import of a key, however often its file arrives.
const TYPED = "input:not([type=radio]):not([type=file]), textarea, .tabulator";
const amount = (bytes) => `${(bytes / 1000).toLocaleString(undefined, { maximumFractionDigits: 0 })} kB`;

class DropZone extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.file = this.querySelector("input[type=file]");
    this.zone = this.querySelector(".drop");
    this.stop = new AbortController();
    const { signal } = this.stop;
    for (const name of ["change", "dragenter", "dragover", "dragleave", "drop", "click", "submit"]) this.addEventListener(name, this, { signal });
    document.addEventListener("paste", (event) => this.pasted(event), { signal });
    // After going back in the browser's history, another file can be uploaded.
    window.addEventListener("pageshow", () => this.show(""), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    this.request?.abort();
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  handleEvent(event) {
    if (event.type === "change") return event.target === this.file && this.begin();
    if (event.type === "submit") return this.submitted(event);
    if (event.type === "click") return event.target.closest("[data-do=cancel]") && this.cancel();
    if (event.type !== "dragleave") event.preventDefault();
    this.zone.classList.toggle("lit", ["dragenter", "dragover"].includes(event.type));
    if (event.type === "drop") this.take(event.dataTransfer.files);
  }

  take(files) {
    if (files.length > 1) return this.fail(this.dataset.several);
    if (!files.length) return;
    this.file.files = files;
    this.begin();
  }

  // Cells or a file that are pasted anywhere on the page, except where the person types.
  pasted(event) {
    if (event.target.closest?.(TYPED)) return;
    const text = event.clipboardData.getData("text/plain");
    if (event.clipboardData.files.length) this.take(event.clipboardData.files);
    else if (/[\t\n]/.test(text.trim())) {
      this.form.elements.pasted.value = text;
      this.form.requestSubmit(this.form.querySelector("[value=pasted]"));
    }
  }

  // Another file replaces one that is being uploaded, and is an import of its own.
  begin() {
    if (!this.file.files.length) return;
    if (this.request) this.renew();
    this.request?.abort();
    const { most, tooLarge } = this.file.dataset;
    if (this.file.files[0].size > Number(most)) return this.fail(tooLarge);
    this.form.requestSubmit();
  }

  renew() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    this.form.elements.key.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  cancel() {
    this.request?.abort();
    this.renew();
    this.file.value = "";
    this.show("");
    this.part("status").textContent = this.dataset.stopped;
    this.file.focus();
  }

  submitted(event) {
    if (event.target !== this.form) return;
    event.preventDefault();
    event.stopPropagation();
    const data = new FormData(this.form);
    if (event.submitter?.name === "way") data.delete("file");
    else if (this.file.files.length) data.set("pasted", "");
    this.send(data);
  }

  send(data) {
    const request = (this.request = new XMLHttpRequest());
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => this.progress(event));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.cut(data.get("file")));
    this.part("file-name").textContent = data.get("file")?.name || "";
    this.show("sending");
    this.part("status").textContent = this.dataset.uploading;
    request.send(data);
  }

  progress({ loaded, total }) {
    this.querySelector("[data-sending] progress").value = total ? loaded / total : 0;
    this.part("figures").textContent = loaded < total ? `${this.dataset.uploading} · ${amount(loaded)} / ${amount(total)}` : this.dataset.received;
  }

  answered(request) {
    this.request = null;
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      return this.refused();
    }
    if (answer.next) location.assign(answer.next);
    else this.fail(answer.said);
  }

  // The page of another answer is that of signing in, or of an error.
  async refused() {
    const why = await document.querySelector("session-guard").trouble();
    this.fail(["out", "other"].includes(why) ? this.dataset.out : this.dataset.cut);
  }

  // A file that was changed or moved can't be read any more.
  async cut(file) {
    this.request = null;
    const isThere = !(file instanceof File) || (await file.slice(0, 1).arrayBuffer().then(() => true, () => false));
    this.fail(isThere ? this.dataset.cut : this.dataset.changed);
    if (!isThere) this.file.value = "";
  }

  fail(said) {
    const { out, cut } = this.dataset;
    this.part("said").textContent = said;
    this.part("sign-in").hidden = said !== out;
    this.part("again").hidden = ![out, cut].includes(said);
    this.show("trouble");
    this.part("status").textContent = said;
  }

  show(name) {
    for (const each of ["sending", "trouble"]) this.part(each).hidden = each !== name;
  }
}
customElements.define("drop-zone", DropZone);
