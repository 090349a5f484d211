// Light or dark like the system, or as chosen on this device. It isn't a module, because it must run before the page is painted.
// <theme-switch>: the button inside it switches to the other one.
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
