"""From nothing to a site, on the command line."""

import json
from dataclasses import replace

from tests.journeys.conftest import Answer, Site


def test_init_creates_a_site_and_reports_it(site: Site) -> None:
    assert site.enlist("init", "--demo") == Answer(
        0,
        "Created the tables.\n"
        "Created the organisation Northfield School (demo).\n"
        "Created the demo school: 400 people.\n"
        f"Enlist keeps its files in {site.folder}/var.\n",
        "",
    )
    assert site.enlist("init", "--demo") == Answer(
        0,
        "The tables are up to date.\n"
        "The organisation Northfield School (demo) already exists.\n"
        "The demo school wasn't created, because the organisation already has people.\n"
        f"Enlist keeps its files in {site.folder}/var.\n",
        "",
    )


def test_init_makes_an_organisation_of_ones_own(site: Site) -> None:
    answer = site.enlist("--organization", "west", "init", "--name", "West School", "--json")

    told = json.loads(answer.out)
    assert told.pop("steps") > 0
    assert (answer.code, told) == (
        0,
        {
            "organization": "west",
            "name": "West School",
            "is_new": True,
            "demo_people": 0,
            "home": f"{site.folder}/var",
        },
    )
    assert site.enlist("people", "list", ENLIST_ORGANIZATION="west") == Answer(0, "", "Nobody.\n")
    assert site.enlist("people", "list", ENLIST_ORGANIZATION="east") == Answer(
        2, "", "Error: There is no organisation “east”.\nOrganisations: west.\n"
    )


def test_a_site_without_setup_explains_how(site: Site) -> None:
    assert site.enlist("people", "list") == Answer(
        5,
        "",
        "Error: The database isn't set up, or is older than this version of Enlist.\n"
        f"Run `enlist init`. Enlist keeps its files in {site.folder}/var.\n",
    )


def test_the_site_is_the_same_from_every_folder_and_in_the_users_data_folder(site: Site) -> None:
    user = {"HOME": str(site.folder / "ada"), "XDG_DATA_HOME": "", "ENLIST_HOME": ""}
    made = site.enlist("init", **user)
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    again = replace(site, folder=elsewhere).enlist("init", **user)

    (key,) = (site.folder / "ada").rglob("data_key")
    assert (made.out.splitlines()[-1], again.out.splitlines()[0]) == (
        f"Enlist keeps its files in {key.parent}.",
        "The tables are up to date.",
    )
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in site.folder.rglob("var")] == [path.name for path in elsewhere.iterdir()] == []


def test_a_site_behind_tls_passes_djangos_own_check_for_production(site: Site) -> None:
    site.enlist("init")

    checked = site.python(
        "-m",
        "django",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        ENLIST_HTTPS="1",
        ENLIST_HOME="var",
        DJANGO_SETTINGS_MODULE="enlist.project.settings",
    )

    assert (checked.code, checked.out + checked.err) == (
        0, "System check identified no issues (1 silenced).\n",
    )  # fmt: skip


COOKIES = """
import django
django.setup()
from django.test import Client
from django.conf import settings
settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
behind = {"x-forwarded-proto": "https", "host": "localhost"}
client = Client(headers=behind)
page = client.get("/sign-in/")
token = client.cookies["__Host-csrftoken"].value
given = {"name": "ada", "password": "walnut harbour ribbon", "csrfmiddlewaretoken": token}
client.post("/sign-in/", given, headers={"referer": "https://localhost/sign-in/"})
for name, cookie in sorted(client.cookies.items()):
    print(name, cookie["secure"], cookie["path"], repr(cookie["domain"]), cookie["samesite"])
"""


def test_behind_tls_cookies_are_of_this_host_alone(site: Site) -> None:
    """ASVS 3.3.1 and 3.3.3: browsers take a __Host- cookie where it is secure, of the whole site and of no domain."""
    site.enlist("init")
    added = site.enlist("team", "add", "ada", "owner", "--firstname", "Ada", "--lastname", "Lee", "--email", "a@x.org")
    assert added.code == 0, added.err
    given = site.enlist("team", "password", "ada", "--keep").out.split()[-1]
    script = COOKIES.replace("walnut harbour ribbon", given)
    found = site.python(
        "-c", script, ENLIST_HTTPS="1", ENLIST_HOME="var", DJANGO_SETTINGS_MODULE="enlist.project.settings"
    )

    lines = found.out.splitlines()
    assert {"__Host-csrftoken True / '' Lax", "__Host-sessionid True / '' Lax"} <= {*lines}, found.err
    assert [line for line in lines if " True " not in line] == []
