// <send-once>: a form with data-once inside it is sent once, however often its button is pressed.
class SendOnce extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.send(event));
    // After going back in the browser's history, the form can be sent again.
    window.addEventListener("pageshow", () => this.free());
  }

  send(event) {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button:not([type=button])")) button.classList.add("busy");
  }

  free() {
    for (const form of this.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll(".busy")) button.classList.remove("busy");
    }
  }
}
customElements.define("send-once", SendOnce);
