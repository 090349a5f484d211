"""A browser, a served demo school, and pages that fail a test on any error or foreign request."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from chromium import chromium
from tests.journeys.conftest import Site
from tests.support.serving import free_address, served

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "tests" / "browser" / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
OWNER = "tamar.beridze"
# What WCAG 2.2 AA asks for, and what axe holds for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# For a machine that does much else.
SECONDS = 90
expect.set_options(timeout=SECONDS * 1000)


@dataclass(frozen=True)
class Served:
    """A demo school that is served, and who signs in there."""

    site: Site
    address: str
    password: str

    def password_of(self, username: str) -> str:
        """A new password for somebody of the team."""
        return self.site.enlist("team", "password", username, "--keep").out.split()[-1]


@dataclass
class Visit:
    """Somebody at a page, and what went wrong there."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"http://{self.address}{path}")

    def sign_in(self, *, name: str, password: str) -> None:
        """Sign in, and be at the imports."""
        self.go("/sign-in/")
        self.page.get_by_label("Username or e-mail address").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/imports/")

    def hand_in(self, *, name: str, text: str) -> str:
        """Hand a file in, wait until it is read and planned, and be at how it was read; the path of its import."""
        self.go("/imports/new/")
        file = FilePayload(name=name, mimeType="text/csv", buffer=text.encode())
        self.page.get_by_label("Drop a file here, or choose one").set_input_files(file)
        path = self.handed_in()
        self.go(f"{path}source/")
        self.page.locator(".understood").wait_for()
        return path

    def handed_in(self) -> str:
        """Wait until a file that was handed in leads to a step; the path of its import."""
        self.page.wait_for_url(re.compile(r"/imports/\d+/(?!next)\w+/"))
        return re.sub(r"\w+/$", "", self.page.url.removeprefix(f"http://{self.address}"))

    def plan(self, path: str, *, upload_type: str = "add_and_update") -> None:
        """Have existing people updated by an import, and be at its preview."""
        self.go(f"{path}settings/")
        self.page.locator(f"#upload_type-{upload_type}").check()
        self.page.locator("#update_details-from_file").check()
        self.page.get_by_role("button", name="Preview changes").click()
        self.page.wait_for_url(re.compile(r"/imports/\d+/(?:review|preview)/"))
        self.go(f"{path}preview/")
        self.previewed()

    def previewed(self) -> None:
        """Wait for the preview."""
        self.page.get_by_role("navigation", name="Figures").wait_for()

    def press(self, button: str | re.Pattern[str]) -> None:
        """Press a button that sends a form, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).click()

    def violations(self) -> list[str]:
        """What axe finds on the page as it is, in light and in dark."""
        self.page.evaluate(AXE)
        light = self._found(RULES)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        expect(self.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        # Nothing but colours is another then.
        dark = self._found({"type": "rule", "values": ["color-contrast"]})
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        return [*light, *(f"in dark: {each}" for each in dark)]

    def _found(self, rules: object) -> list[str]:
        found = self.page.evaluate("rules => axe.run({runOnly: rules})", rules)
        return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


# Why there is no browser, once one was looked for.
_MISSING: list[str] = []


def pytest_runtest_setup() -> None:
    """Without a browser, the first test fails, and the others are skipped with the reason."""
    if _MISSING:
        pytest.skip(_MISSING[0])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; there is one, or the tests fail."""
    program = ""
    try:
        program = chromium()
    except SystemExit as missing:
        _MISSING.append(str(missing))
    if not program:
        pytest.fail(_MISSING[0], pytrace=False)
    # The sandbox wants a user who is not root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo school of the module's own."""
    site, address = Site(tmp_path_factory.mktemp("school"), ""), free_address()
    assert site.enlist("init", "--demo").code == 0
    with served(site, address=address):
        password = site.enlist("team", "password", OWNER, "--keep").out.split()[-1]
        yield Served(site, address, password)


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(browser: Browser, school: Served) -> Iterator[Visitor]:
    """Open the site in a new session as a person; at the end, no page may have had an error."""
    visits: list[Visit] = []

    def visit(*, width: int = 1280, signed_in: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(SECONDS * 1000)
        made = Visit(context.new_page(), school.address)
        _watch(made)
        visits.append(made)
        if signed_in:
            made.sign_in(name=OWNER, password=school.password)
        return made

    yield visit
    for made in visits:
        made.page.context.close()
    assert [wrong for made in visits for wrong in made.wrong] == []


@pytest.fixture
def visit(visitor: Visitor) -> Visit:
    """The owner, signed in."""
    return visitor()


def _watch(visit: Visit) -> None:
    """Write down errors, warnings, refused styles and scripts, and requests to others."""

    def request(url: str) -> None:
        if not url.startswith((f"http://{visit.address}/", "data:", "blob:")):
            visit.wrong.append(f"a request to {url}")

    visit.page.on("console", lambda told: visit.wrong.append(told.text) if told.type in ("error", "warning") else None)
    visit.page.on("pageerror", lambda error: visit.wrong.append(str(error)))
    visit.page.on("request", lambda asked: request(asked.url))
