"""Erasing a person, on the command line."""

import json

from tests.journeys.conftest import Site

HEAD = "username,firstname,lastname,email"


def test_a_person_is_erased_by_typing_their_name_and_nothing_of_them_is_left(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text=f"{HEAD}\nann,Ann,Lee,ann@example.org\nzenobia,Zenobia,Palmyrene,z@canary.example\n")
    site.enlist("import", "list.csv", "--yes")
    (site.folder / "list.csv").unlink()

    unasked = site.enlist("people", "erase", "zenobia")
    wrong = site.enlist("people", "erase", "zenobia", "--confirm", "Zenobia")
    done = site.enlist("people", "erase", "zenobia", "--confirm", "zenobia")
    again = site.enlist("people", "erase", "zenobia", "--confirm", "zenobia")

    assert (unasked.code, wrong.code, done.code, again.code) == (2, 2, 0, 2)
    assert wrong.err == "Error: “Zenobia” isn't the username. Nobody was erased.\nType zenobia.\n"
    assert done.out.splitlines()[:2] == [
        "Erased zenobia: 2 chunks of plans were rewritten.",
        "Deleted the files of these imports: 1.",
    ]
    kept = [path.read_bytes() for path in site.folder.rglob("*") if path.is_file()]
    assert not any(word in content for content in kept for word in (b"zenobia", b"Palmyrene", b"canary.example"))
    told = [site.enlist("people", "export").out, site.enlist("show", "1", "--changes", "-").out]
    assert all("ann@example.org" in text and "canary" not in text for text in told)
    assert [each["what"] for each in json.loads(site.enlist("activity", "--json").out)] == ["person_erased"]
