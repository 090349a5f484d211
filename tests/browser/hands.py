"""The hands of somebody at a page: with a mouse or with keys alone, and counted."""

from dataclasses import dataclass

from playwright.sync_api import FilePayload, Locator, Page, expect

HEAD = "username,firstname,lastname,email,city"
# Most stops of the Tab key on a page, with those inside a grid.
STOPS = 200
COUNTED = "addEventListener('click', (event) => event.isTrusted && event.detail && window.counted(), true)"
FOCUSED = """each => (each.closest("a, button, input, select, textarea, summary, [tabindex]") ?? each)
    === document.activeElement"""


@dataclass
class Hands:
    """Does what a person does on a page, and on all pages that this leads to.

    keys: without the mouse. clicks: of the mouse. presses: of keys that do something: not those of texts, and not Tab.
    """

    page: Page
    keys: bool = False
    clicks: int = 0
    presses: int = 0

    def __post_init__(self) -> None:
        self.page.expose_function("counted", self._count)
        self.page.add_init_script(COUNTED)

    def _count(self) -> None:
        self.clicks += 1

    def rest(self) -> None:
        """Count from here on."""
        self.page.wait_for_load_state("networkidle")
        self.clicks = self.presses = 0

    def need(self, most: int) -> bool:
        """Whether that took so few clicks or presses, and no click with keys alone."""
        done = self.presses if self.keys else self.clicks
        return done <= most and (self.clicks == 0) is self.keys

    def key_to(self, what: Locator) -> None:
        """Press Tab until it has the focus."""
        expect(what).to_be_visible()
        for _ in range(STOPS):
            if what.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {what}")

    def _key(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def press(self, what: Locator, *, key: str = "Enter") -> None:
        """Press a button, or follow a link."""
        if not self.keys:
            what.click()
            return
        self.key_to(what)
        self._key(key)

    def answer(self, radio: Locator) -> None:
        """Choose one of several options: Tab leads to the chosen one, arrows to the others."""
        if not self.keys:
            radio.click()
            return
        group = self.page.locator(f"input[name={radio.get_attribute('name')}]:checked")
        self.key_to(group)
        for _ in range(STOPS):
            if radio.evaluate(FOCUSED):
                return
            self._key("ArrowDown")
        raise AssertionError(f"no key leads to {radio}")

    def pick(self, select: Locator, option: str) -> None:
        """Choose from a list. With the mouse, that takes two clicks, outside of what the page sees."""
        if not self.keys:
            self.clicks += 2
            select.select_option(option)
            return
        self.key_to(select)
        self._key(option[0])
        expect(select).to_have_value(option)

    def write(self, into: Locator, text: str) -> None:
        """Type into a field."""
        if self.keys:
            self.key_to(into)
        else:
            into.click()
        self.page.keyboard.type(text)

    def choose(self, file: FilePayload) -> None:
        """Choose a file, by its button."""
        button = self.page.get_by_label("Drop a file here, or choose one")
        with self.page.expect_file_chooser() as chooser:
            self.press(button, key="Space")
        chooser.value.set_files(file)


def csv(name: str, *lines: str, head: str = HEAD) -> FilePayload:
    """A file of these lines."""
    return FilePayload(name=name, mimeType="text/csv", buffer="\n".join((head, *lines, "")).encode())


def new_people(word: str, count: int) -> list[str]:
    """Lines of people who don't exist yet."""
    return [f"{word}{n},{word.title()},Nowak,{word}{n}@x.example,Leeds" for n in range(count)]
