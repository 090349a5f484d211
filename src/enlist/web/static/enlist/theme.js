// Light or dark as the system says, or as somebody chose on this device; before anything is painted, so that it is no module.
// <theme-switch>: the button inside it chooses the other one.
class ThemeSwitch extends HTMLElement {
  static show() {
    const system = ThemeSwitch.dark.matches ? "dark" : "light";
    document.documentElement.dataset.bsTheme = localStorage.getItem("theme") ?? system;
  }

  connectedCallback() {
    this.addEventListener("click", () => {
      localStorage.setItem("theme", document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
      ThemeSwitch.show();
    });
  }
}
ThemeSwitch.dark = window.matchMedia("(prefers-color-scheme: dark)");
ThemeSwitch.dark.addEventListener("change", ThemeSwitch.show);
ThemeSwitch.show();
customElements.define("theme-switch", ThemeSwitch);
