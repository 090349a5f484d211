"""A plan read from a file equals the plan, or is refused."""

import zipfile
from pathlib import Path

import polars as pl
import pytest

from enlist.core.errors import PlanError
from enlist.core.plan.plan import Head, Part, Plan, assemble


def plan() -> Plan:
    parts = [Part(frames={"join": pl.DataFrame({"person": [n, n + 1], "course_group": [1, 1]})}) for n in (1, 5)]
    return assemble(Head(organization="school", file_name="Zoë.csv", rows=4), parts)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    plan().save(tmp_path / "x.plan")
    return tmp_path / "x.plan"


def test_a_saved_plan_is_loaded_as_it_was(saved: Path) -> None:
    loaded = Plan.load(saved)

    assert (loaded.head, loaded.fingerprint) == (plan().head, plan().fingerprint)
    assert loaded.frame("join").rows() == [(1, 1), (2, 1), (5, 1), (6, 1)]


def refusal(path: Path) -> str:
    with pytest.raises(PlanError) as refused:
        list(Plan.load(path).parts)
    return str(refused.value)


def test_it_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "no.plan"

    assert refusal(path) == f"There is no file {path}. Make a plan and save it."


@pytest.mark.parametrize("content", [b"", b"no plan at all", b"PK\x05\x06" + bytes(18)])
def test_it_refuses_what_is_no_plan(content: bytes, saved: Path) -> None:
    saved.write_bytes(content)

    assert refusal(saved) == f"{saved} isn't a plan made by Enlist. Make a plan and save it."


def test_it_refuses_a_damaged_plan(saved: Path) -> None:
    content = saved.read_bytes()
    place = content.index(b"ARROW1") + 8
    saved.write_bytes(content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :])

    assert refusal(saved) == f"{saved} is damaged. Make the plan again."


def test_it_refuses_a_plan_that_somebody_edited(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    other = Part(frames={"join": pl.DataFrame({"person": [9], "course_group": [1]})}).to_blobs()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, content in {**files, "1/join.arrow": other["join"]}.items():
            archive.writestr(name, content)

    assert refusal(saved) == f"{saved} was changed after the plan was made. Make the plan again."
