"""From nothing to a site, by the command a person types."""

import json

from tests.journeys.conftest import Answer, Site


def test_init_makes_a_site_and_says_what_it_did(site: Site) -> None:
    assert site.enlist("init", "--demo") == Answer(
        0,
        "The tables were made.\n"
        "Organisation Northfield School (demo) was made.\n"
        "The demo school was opened: 400 people.\n",
        "",
    )
    assert site.enlist("init", "--demo") == Answer(
        0,
        "The tables were there.\n"
        "Organisation Northfield School (demo) was there.\n"
        "The demo school was not opened again: the organisation has people already.\n",
        "",
    )


def test_init_makes_an_organisation_of_ones_own(site: Site) -> None:
    answer = site.enlist("--organization", "west", "init", "--name", "West School", "--json")

    told = json.loads(answer.out)
    assert told.pop("steps") > 0
    assert (answer.code, told) == (
        0,
        {"organization": "west", "name": "West School", "is_new": True, "demo_people": 0},
    )
    assert site.enlist("people", "list", ENLIST_ORGANIZATION="west") == Answer(0, "", "Nobody.\n")
    assert site.enlist("people", "list", ENLIST_ORGANIZATION="east") == Answer(
        2, "", "Error: There is no organisation “east”.\nThere are: west.\n"
    )


def test_a_site_that_was_never_set_up_says_how(site: Site) -> None:
    assert site.enlist("people", "list") == Answer(
        5, "", "Error: The database is not set up, or older than this version of Enlist.\nRun `enlist init`.\n"
    )


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
