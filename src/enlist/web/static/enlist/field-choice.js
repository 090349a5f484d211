// <field-choice>: a select that is searched by typing. The select stays in the form, and works alone without scripts.
const made = (name, { text = "", look = "", ...attributes } = {}) => {
  const element = Object.assign(document.createElement(name), { textContent: text, className: look });
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
// As people type it: without accents and capitals.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
// Room below the input, in pixels, under which the list opens above it.
const ROOM = 200;

class FieldChoice extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.select = this.querySelector("select");
    const id = `${this.select.id}-choices`;
    const label = this.select.getAttribute("aria-label");
    this.input = made("input", { look: this.select.className, id: `${id}-input`, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });
    for (const name of ["aria-label", "aria-describedby", "aria-invalid"]) if (this.select.hasAttribute(name)) this.input.setAttribute(name, this.select.getAttribute(name));
    this.select.removeAttribute("aria-label");
    this.list = made("div", { look: "menu choices", id, role: "listbox", popover: "manual", "aria-label": label });
    this.select.hidden = true;
    this.append(this.input, this.list);
    this.reset();
    for (const name of ["input", "keydown", "click", "focusin", "focusout", "pointerdown"]) this.addEventListener(name, this);
    for (const name of ["scroll", "resize", "pageshow"]) window.addEventListener(name, (event) => event.target instanceof Node && this.contains(event.target) ? null : this.reset(), true);
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.list.querySelector(".on");
  }

  handleEvent(event) {
    // What a person types here changes no form: only the select is part of it.
    if (event.type === "input") this.open(this.input.value);
    else if (event.type === "keydown") this.pressed(event);
    // The first key replaces the text.
    else if (event.type === "focusin") this.input.select();
    else if (event.type === "focusout") this.reset();
    // The input keeps the focus.
    else if (event.type === "pointerdown") this.list.contains(event.target) && event.preventDefault();
    else if (this.list.contains(event.target)) this.choose(event.target.closest("[role=option]"));
    else if (!this.isOpen) this.open();
  }

  pressed(event) {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (key === "Escape" && this.isOpen) this.reset();
    else if (key === "Enter" && this.isOpen) this.choose(this.active);
    else if ((step || key === "Enter") && !this.isOpen) this.open();
    else if (step) this.light(this.options.at((this.options.indexOf(this.active) + step) % this.options.length));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The options with all words that were typed; those without a group are always there, at the end.
  open(typed = null) {
    const words = plain(typed ?? "").split(/\s+/).filter(Boolean);
    const fits = (option, group) => words.every((word) => plain(`${option.text} ${group.label ?? ""}`).includes(word));
    const parts = [...this.select.children].map((each, place) => {
      if (each.matches("option")) return this.option(each);
      const found = [...each.children].filter((option) => fits(option, each));
      const title = made("div", { look: "hd", text: each.label, id: `${this.list.id}-group-${place}` });
      const group = made("div", { role: "group", "aria-labelledby": title.id });
      group.append(title, ...found.map((option) => this.option(option)));
      return found.length ? group : "";
    });
    this.list.replaceChildren(...parts);
    if (!this.isOpen) this.list.showPopover();
    this.put();
    this.input.setAttribute("aria-expanded", "true");
    const chosen = this.options.find((each) => each.ariaSelected === "true");
    this.light(typed === null ? chosen : this.options.find((each) => words.every((word) => plain(each.textContent).includes(word))));
    if (typed === null) this.input.select();
  }

  option(option) {
    return made("div", { look: "it", text: option.text, id: `${this.list.id}-${option.index}`, role: "option", "data-index": option.index, "aria-selected": String(option.selected) });
  }

  light(option) {
    this.active?.classList.remove("on");
    option?.classList.add("on");
    option?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  // Under the input, or above it where there is more room.
  put() {
    const at = this.input.getBoundingClientRect();
    const isAbove = innerHeight - at.bottom < ROOM && at.top > innerHeight - at.bottom;
    const room = `${(isAbove ? at.top : innerHeight - at.bottom) - 12}px`;
    const place = isAbove ? { top: "auto", bottom: `${innerHeight - at.top + 4}px` } : { top: `${at.bottom + 4}px`, bottom: "auto" };
    Object.assign(this.list.style, { left: `${at.left}px`, minWidth: `${at.width}px`, maxHeight: `min(20rem, ${room})`, ...place });
  }

  choose(option) {
    if (!option) return;
    this.select.selectedIndex = Number(option.dataset.index);
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.reset();
  }

  // Closed, with the text of the option that is chosen.
  reset() {
    if (this.isOpen) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.value = this.select.selectedOptions[0]?.text ?? "";
    if (document.activeElement === this.input) this.input.select();
  }
}
customElements.define("field-choice", FieldChoice);
