"""How the browser for tests is found, on a machine whose programs are scripts in one folder."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "chromium.py"
IS_ROOT = os.geteuid() == 0
RUNS, BROKEN = "#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n"
# What installs writes its words down, and makes a program where there is something to install.
INSTALLS = '#!/bin/sh\necho "{name} $*" >> "{log}"\ncase "$*" in *install*) {made} ;; esac\n'
ASKED = ("apt-get --quiet --quiet update", "apt-get --quiet --quiet install --yes --no-install-recommends chromium")
PLAYWRIGHT = """
import os, sys
from pathlib import Path
with open({log!r}, "a") as log:
    print("playwright", *sys.argv[1:], file=log)
place = Path(os.environ["PLAYWRIGHT_BROWSERS_PATH"], "chromium-1", "chrome-linux")
if {works} and ("--with-deps" not in sys.argv or {has_deps}):
    place.mkdir(parents=True, exist_ok=True)
    (place / "chrome").write_text("#!/bin/sh\\nexit 0\\n")
    (place / "chrome").chmod(0o755)
else:
    sys.exit(1)
"""


@dataclass(frozen=True)
class Machine:
    """A folder of programs, and the project beside it."""

    folder: Path

    def program(self, name: str, text: str = RUNS) -> str:
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def installer(self, name: str, *, makes: str = "") -> None:
        made = f'cp "{self.program("template")}" "{self.folder}/bin/{makes}"' if makes else "exit 100"
        self.program(name, INSTALLS.format(name=name, log=self.folder / "log", made=made))

    def sudo(self, *, allowed: bool) -> None:
        self.program("sudo", '#!/bin/sh\nshift\nexec "$@"\n' if allowed else BROKEN)

    def playwright(self, *, works: bool = True, has_deps: bool = True) -> None:
        package = self.folder / "packages" / "playwright"
        package.mkdir(parents=True)
        text = PLAYWRIGHT.format(log=str(self.folder / "log"), works=works, has_deps=has_deps)
        # With this it comes before the real one, which would ask the network.
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(text)

    def run(self, **environment: str) -> tuple[str, str, list[str]]:
        """The path it prints, its last sentence, and what was asked of those that install."""
        given = {"PATH": str(self.folder / "bin"), "PYTHONPATH": str(self.folder / "packages"), **environment}
        script = self.folder / "scripts" / "chromium.py"
        done = subprocess.run([sys.executable, script], env=given, capture_output=True, text=True, check=False)
        log = self.folder / "log"
        asked = log.read_text().splitlines() if log.exists() else []
        assert done.returncode == (0 if done.stdout else 1)
        return done.stdout.strip(), (done.stderr.splitlines() or [""])[-1], asked

    @property
    def packaged(self) -> str:
        return str(self.folder / "build" / "chromium" / "chromium-1" / "chrome-linux" / "chrome")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing but `env`, `cp` and a shell."""
    for name in ("bin", "scripts"):
        (tmp_path / name).mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    for name in ("env", "cp", "true"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    return Machine(tmp_path)


def test_the_one_that_is_named_is_taken_before_any_other(machine: Machine) -> None:
    machine.program("chromium")
    named = machine.program("mine")

    assert machine.run(CHROMIUM=named) == (named, "", [])


def test_a_chosen_browser_that_does_not_run_is_reported(machine: Machine) -> None:
    machine.program("chromium")
    named = machine.program("mine", BROKEN)

    assert machine.run(CHROMIUM=named) == ("", f"chromium: CHROMIUM is {named}, which isn't a program that runs.", [])


def test_an_installed_one_is_taken_and_nothing_installed(machine: Machine) -> None:
    machine.installer("apt-get", makes="chromium")
    machine.playwright()
    found = machine.program("google-chrome")

    assert machine.run() == (found, "", [])


def test_one_that_does_not_run_counts_as_none(machine: Machine) -> None:
    machine.program("chromium-browser", BROKEN)
    machine.sudo(allowed=False)
    machine.playwright()

    found, _, _ = machine.run()

    assert found == machine.packaged


def test_debians_package_is_installed_where_we_may(machine: Machine) -> None:
    machine.installer("apt-get", makes="chromium")
    machine.sudo(allowed=True)
    machine.playwright()

    found, said, asked = machine.run()

    assert found == str(machine.folder / "bin" / "chromium")
    assert said == "chromium: no browser here; installing Debian's package chromium."
    assert asked == [*ASKED]


def test_where_debian_has_none_playwrights_is_downloaded_with_its_libraries(machine: Machine) -> None:
    machine.installer("apt-get")
    machine.sudo(allowed=True)
    machine.playwright()

    found, said, asked = machine.run()

    assert (found, said) == (machine.packaged, "chromium: no browser here; downloading Playwright's.")
    assert asked == [*ASKED, "playwright install chromium --with-deps"]
    # Once: it is there from now on.
    assert machine.run() == (machine.packaged, "", asked)


@pytest.mark.skipif(IS_ROOT, reason="root needs no sudo")
def test_without_rights_playwrights_is_downloaded_alone(machine: Machine) -> None:
    machine.installer("apt-get", makes="chromium")
    machine.sudo(allowed=False)
    machine.playwright()

    found, _, asked = machine.run()

    assert (found, asked) == (machine.packaged, ["playwright install chromium"])


def test_without_libraries_for_this_system_playwrights_is_downloaded_alone(machine: Machine) -> None:
    machine.sudo(allowed=True)
    machine.playwright(has_deps=False)

    found, _, asked = machine.run()

    assert (found, asked[-1]) == (machine.packaged, "playwright install chromium")


def test_the_last_message_explains_what_to_install(machine: Machine) -> None:
    machine.installer("apt-get")
    machine.playwright(works=False)

    found, said, _ = machine.run()

    assert found == ""
    assert said == (
        "chromium: the browser tests need Chromium, and none could be installed. Install it (Debian: apt install"
        " chromium; Ubuntu: snap install chromium; macOS: brew install --cask chromium), or name one in CHROMIUM."
    )
