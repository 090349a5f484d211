// <password-strength for="id_new" least="8">: says how strong a new password is while it is typed. It is advice: the server has the rules.
class PasswordStrength extends HTMLElement {
  connectedCallback() {
    if (this.closest(".field")) return;
    const field = document.getElementById(this.getAttribute("for"));
    field.closest(".field").append(this);
    field.addEventListener("input", () => this.show(field.value));
  }

  show(password) {
    const [length, kinds] = [[...password].length, new Set(password.toLowerCase()).size];
    const words = this.dataset;
    // Repeated characters count once: length alone would praise "aaaaaaaaaaaa".
    const points = Math.min(length, 2 * kinds);
    const level = length < Number(this.getAttribute("least")) ? 0 : points < 10 ? 1 : points < 15 ? 2 : 3;
    this.hidden = !password;
    this.querySelector("meter").value = level + 1;
    this.querySelector("span").textContent = [words.short, words.weak, words.fair, words.strong][level];
  }
}
customElements.define("password-strength", PasswordStrength);
