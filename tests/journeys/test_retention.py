"""Retention, on the command line."""

import json

from tests.journeys.conftest import Answer, Site


def test_expired_data_is_listed_and_removed(site: Site) -> None:
    site.enlist("init")
    site.file("ann.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n")
    site.enlist("import", "ann.csv", "--yes")

    links = "Activation links work for 14 days.\n"
    assert site.enlist("retention") == Answer(0, f"Files are kept for 30 days, plans for 180 days.\n{links}", "")
    assert site.enlist("retention", "--plans", "90").out == f"Files are kept for 30 days, plans for 90 days.\n{links}"
    refused = site.enlist("retention", "--files", "0")
    assert refused == Answer(2, "", "Error: Files can be kept for 1 to 3,650 days, not 0.\n")
    assert site.enlist("expire", "--dry-run") == Answer(0, "Nothing has expired.\n", "")
    expired = json.loads(site.enlist("expire", "--json").out)
    assert expired == {"dry_run": False, "imports": [], "bytes": 0, "actions": 0, "passwords": 0}
    assert {"file_kept_until", "plan_kept_until"} < json.loads(site.enlist("show", "1", "--json").out).keys()
