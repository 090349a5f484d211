"""Approvals, on the command line."""

import json

from tests.journeys.conftest import Site

HEAD = "username,firstname,lastname,email"
SETTINGS = ("--set", "upload_type=add_and_update", "--set", "unlisted=deactivate")


def lines(*numbers: int) -> str:
    return "\n".join([HEAD, *(f"p{n},P,N,p{n}@x.org" for n in numbers)]) + "\n"


def school(site: Site) -> None:
    site.enlist("init")
    site.file("all.csv", text=lines(*range(40)))
    site.file("some.csv", text=lines(*range(30), 99))
    assert site.enlist("import", "all.csv", "--yes").code == 0


def test_what_is_over_the_limits_waits_until_somebody_approves_it(site: Site) -> None:
    school(site)

    preview = site.enlist("plan", "some.csv", *SETTINGS)
    done = site.enlist("import", "some.csv", *SETTINGS, "--yes", "--people", "1")
    shown = site.enlist("show", "3")
    wrong = site.enlist("approve", "3", "--confirm", "9")
    (plan,) = [
        line.removeprefix("fingerprint: ") for line in shown.out.splitlines() if line.startswith("fingerprint: ")
    ]
    other = site.enlist("approve", "3", "--confirm", "10", "--plan", "0" * 64)
    approved = site.enlist("approve", "3", "--confirm", "10", "--plan", plan)
    again = site.enlist("approve", "3", "--confirm", "10")

    assert (preview.code, done.code, wrong.code, other.code, approved.code, again.code) == (7, 7, 2, 4, 0, 3)
    for told in (preview.out, done.out):
        assert "Waits for an administrator's approval\n  10 people: 10 deactivated\n" in told
        assert "NEEDS APPROVAL" in told
    assert done.out.splitlines()[-3:] == [
        "Import 2 is applied: people created: 1.",
        "Import 3 needs an administrator's approval: 10 people.",
        "Review it with `enlist show 3`, then run `enlist approve 3 --confirm 10` or `enlist approve 3 --reject`.",
    ]
    assert {"state: awaiting", "split_from: 2", "people_to_confirm: 10", "  p30  deactivated"} <= set(
        shown.out.splitlines()
    )
    assert wrong.err == (
        "Error: You confirmed 9, but import 3 affects another number of people: 10. Nothing was applied.\n"
        "Review it with `enlist show 3`, then confirm that number.\n"
    )
    assert other.err == (
        "Error: Import 3 was planned again since you looked at it. Nothing was applied.\n"
        "Review it again with `enlist show 3`, then confirm 10.\n"
    )
    assert approved.out == "Import 3 is applied: people deactivated: 10.\n"
    assert again.err.startswith("Error: Import 3 isn't waiting for approval.")
    assert site.enlist("people", "show", "p35").out.splitlines().count("state: inactive") == 1


def test_json_lists_what_needs_approval_and_it_can_be_rejected(site: Site) -> None:
    school(site)

    done = site.enlist("import", "some.csv", *SETTINGS, "--yes", "--json")
    neither = site.enlist("approve", "3")
    dropped = site.enlist("approve", "3", "--reject", "--json")

    told = json.loads(done.out)
    assert done.code == 7
    assert told["plan"]["awaiting"] == {"changes": {"deactivate": 10}, "people": 10}
    assert told["plan"]["waiting"]["changes"] == {"deactivate": 10}
    assert told["outcome"] == {
        "number": 2, "verbs": {"create": 1}, "nothing_to_do": False, "waiting": 3, "waiting_people": 10,
    }  # fmt: skip
    assert (neither.code, neither.err.splitlines()[0]) == (
        2, "Error: Choose whether to approve or reject import 3.",
    )  # fmt: skip
    assert (dropped.code, json.loads(dropped.out)) == (0, {"rejected": 3})
    states = [(each["number"], each["state"]) for each in json.loads(site.enlist("imports", "--json").out)]
    assert states == [(3, "dropped"), (2, "applied"), (1, "applied")]


def test_an_undo_over_the_limits_waits_as_a_whole(site: Site) -> None:
    school(site)

    undo = site.enlist("undo", "1", "--yes", "--people", "0")
    approved = site.enlist("approve", "2", "--confirm", "40")

    assert (undo.code, approved.code) == (7, 0)
    assert undo.out.splitlines()[-2] == "Import 2 needs an administrator's approval: 40 people."
    assert approved.out == "Import 2 is applied: people removed: 40.\n"


def test_limits_can_be_changed(site: Site) -> None:
    school(site)

    before = json.loads(site.enlist("limits", "--json").out)
    changed = site.enlist("limits", "--set", "deactivate=1,100", "--json")
    bad = site.enlist("limits", "--set", "deactivate=2,100")
    done = site.enlist("import", "some.csv", *SETTINGS, "--yes", "--people", "0")
    ours = site.enlist("plan", "some.csv", *SETTINGS, "--set", "limits.update=0,0")

    assert before["deactivate"] == [0.05, 20]
    assert json.loads(changed.out) == {**before, "deactivate": [1, 100]}
    assert (bad.code, done.code, ours.code) == (2, 0, 2)
    assert done.out.splitlines()[-1] == "Import 2 is applied: people deactivated: 10, people created: 1."
    assert ours.err.splitlines()[0] == "Error: Limits belong to the organisation, so an import can't set them."
