"""The registry of changes is complete: every relation and every verb has everything that Enlist needs."""

import re
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest

from enlist.core.changes import (
    AFTER,
    BEFORE,
    LAST,
    RELATIONS,
    SOURCES,
    VERBS,
    By,
    Does,
    Kind,
    Relation,
    Stays,
    To,
    Verb,
    kept_in_reference,
    kept_relations,
    people_columns,
    people_of,
    relation_of,
    targets,
)
from enlist.core.directory.directory import Directory, people_schema
from enlist.core.flags.catalogue import FLAGS
from enlist.core.plan.applied import Applied
from enlist.core.plan.limits import WORDS
from enlist.core.plan.plan import Part
from enlist.core.plan.preview import preview_part
from enlist.core.planner.undo.inverse import CurrentState, inverse
from enlist.core.policy import ChangeLimits
from enlist.web.words import TILES
from tests.support.laws import whole
from tests.support.toys import ORDER, PARCEL, known
from tests.support.worlds import directory, person

TOYS = (ORDER, PARCEL)
SETUP = {"course", "role", "profile_field"}
# The verbs that a preview shows first: somebody loses something, then somebody's details change.
RANKED = [
    "remove",
    "deactivate",
    "mark_leaving",
    "change_leaving",
    "unenrol",
    "suspend_enrolment",
    "leave",
    "leave_group",
    "unlink",
    "update",
    "take_role",
    "unmerge",
]
RANKED += ["reactivate", "unmark_leaving", "restore"]

every_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
every_relation = pytest.mark.parametrize("relation", RELATIONS.values(), ids=list(RELATIONS))


def test_the_order_of_work_ends_what_refers_to_others_first() -> None:
    assert list(VERBS) == [
        "drop_edit", "unmerge", "unmark_leaving", "unlink", "take_role", "leave_group", "leave", "unenrol", "remove",
        "drop_course_group",
        "take_course", "stop_condition", "drop_condition", "drop_group",
        "add_option", "create_group", "create_condition", "change_condition", "use_condition", "give_course",
        "create_course_group",
        "update", "deactivate", "reactivate", "restore", "create",
        "enrol", "change_enrolment", "suspend_enrolment", "resume_enrolment", "join", "join_group", "give_role", "link",
        "mark_leaving", "change_leaving", "merge", "note_edit",
    ]  # fmt: skip


@every_relation
def test_a_relation_refers_only_to_those_above_it(relation: Relation) -> None:
    names = list(RELATIONS)
    above = {*names[: names.index(relation.name) + 1], *SETUP}

    assert set(relation.refs.values()) <= above
    assert {*relation.key, *relation.refs, *relation.named} <= set(relation.schema)
    assert relation.noun
    assert relation.shown


def test_a_column_means_the_same_in_every_relation() -> None:
    known = targets()

    for relation in RELATIONS.values():
        assert {column: known[column] for column in relation.refs} == dict(relation.refs)


@every_relation
def test_records_with_an_id_are_identified_without_it(relation: Relation) -> None:
    assert bool(relation.named) == (relation.kind is Kind.MADE)
    assert relation.kind is not Kind.MADE or relation.key == (next(iter(relation.schema)),)
    if relation in kept_in_reference() and relation.id:
        assert f"{relation.name}_kept" in FLAGS, "an undo says that one is still in use"


@every_relation
def test_sources_are_known_and_have_a_column(relation: Relation) -> None:
    assert set(relation.sources) <= set(SOURCES)
    assert bool(relation.sources) == ("source" in relation.schema)


@every_verb
def test_every_verb_has_a_description(verb: Verb) -> None:
    assert verb.sentence
    assert bool(verb.tile) == bool(relation_of(verb.name).people)
    if verb.says:
        assert verb.says.format(name="Chess", role="student", status="active", when=", suspended")
    # What is said of people themselves is said cell by cell.
    assert bool(verb.says) == (verb.relation != "person" and bool(relation_of(verb.name).people))


@every_verb
def test_a_verb_is_counted_by_the_limits_or_has_a_reason(verb: Verb) -> None:
    assert bool(verb.limit) != bool(verb.unlimited)
    assert not verb.limit or verb.limit in WORDS
    # Without a leaving date, nobody loses anything; a value that is overwritten is counted as an update.
    if verb.does is Does.END and relation_of(verb.name).people and verb.name not in ("unmark_leaving", "drop_edit"):
        assert verb.limit, "people lose something by it"


def test_every_word_of_the_limits_is_a_limit_of_the_settings() -> None:
    assert list(WORDS) == [field.name for field in fields(ChangeLimits)]


@every_verb
def test_who_loses_something_is_shown_first(verb: Verb) -> None:
    assert sorted([v for v in VERBS.values() if v.rank < LAST], key=lambda v: v.rank) == [VERBS[n] for n in RANKED]
    assert (verb.rank < VERBS["update"].rank) == (verb.limit not in ("", "update"))


@every_verb
def test_a_verb_is_undone_by_a_verb_of_its_relation_that_it_undoes(verb: Verb) -> None:
    match verb.undone:
        case By(name):
            back = VERBS[name]
            assert back.relation == verb.relation
            assert back.does is {Does.BEGIN: Does.END, Does.END: Does.BEGIN, Does.CHANGE: Does.CHANGE}[verb.does]
            # Undoing an undo does the same again, though it may be under another name (created, restored).
            assert isinstance(back.undone, By)
            assert VERBS[back.undone.verb].does is verb.does
        case To(name, values):
            assert VERBS[name].does is Does.CHANGE
            assert set(values) <= set(VERBS[name].changes)
        case Stays(flag):
            assert flag in FLAGS


@every_verb
def test_a_frame_names_the_people_it_is_about(verb: Verb) -> None:
    relation = relation_of(verb.name)
    frame = pl.DataFrame(schema=relation.schema_of(verb))

    assert people_of(frame).is_empty()
    assert {*verb.key} <= set(frame.columns)
    assert [column for column in frame.columns if column in relation.people] == list(relation.people)


def test_every_tile_has_words() -> None:
    assert {verb.tile for verb in VERBS.values() if verb.tile} <= {name for name, *_words in TILES}


def test_verbs_fit_into_the_bits_of_a_number() -> None:
    """`PeopleIndex` keeps them, and who is renamed, in an Int64."""
    assert len(VERBS) <= 61


@every_verb
def test_a_preview_shows_every_verb(verb: Verb) -> None:
    before = directory()
    relation, people = relation_of(verb.name), people_schema(before.reference)
    schema = people if relation.name == "person" and verb.does is not Does.CHANGE else relation.schema_of(verb)

    after = preview_part(before, part=Part(frames={verb.name: pl.DataFrame(schema=schema)}))

    assert whole(after) == whole(before)


@pytest.mark.parametrize("relation", [*kept_relations(), *TOYS], ids=lambda relation: relation.name)
def test_an_undo_takes_back_every_verb(relation: Relation) -> None:
    """What began ends, or is cancelled; what ended begins again; what changed changes back."""
    with known(*TOYS):
        row = record(relation)
        nobody, here = world(), world().with_frames({relation.name: row})
        begins, alters, ends = relation.begins, relation.alters, relation.ends

        begun = inverse(Part(frames={begins.name: row}), applied=Applied(7), current=CurrentState(here))
        assert list(begun.frames) == [begins.undone.verb if isinstance(begins.undone, By | To) else ""]
        if ends:
            ended = inverse(Part(frames={ends.name: row}), applied=Applied(7), current=CurrentState(nobody))
            assert {verb: frame.rows() for verb, frame in ended.frames.items()} == {begins.name: row.rows()}
        if alters:
            kept = [name for name in relation.schema_of(alters) if name in row.columns]
            other = {name: False if kind == pl.Boolean else "other" for name, kind in relation.schema.items()}
            olds = {BEFORE + name: pl.lit(other[name]) for name in alters.changes}
            images = row.select(*kept, **olds, **{AFTER + name: name for name in alters.changes})
            back = inverse(Part(frames={alters.name: images}), applied=Applied(7), current=CurrentState(here))
            ((verb, frame),) = back.frames.items()
            assert verb == alters.name
            assert frame.select(AFTER + name for name in alters.changes).row(0) == tuple(
                other[name] for name in alters.changes
            )


def test_a_part_of_a_plan_has_all_people_it_is_about() -> None:
    link = RELATIONS["link"]

    assert people_of(record(link)).to_list() == [1, 2]
    assert people_columns(link.schema) == ["person", "other"]


def test_the_recipe_for_a_new_kind_of_record_names_eight_files_at_most() -> None:
    root = Path(__file__).parents[3]
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    recipe = text.partition("**A new kind of record**")[2].partition("From then on")[0]
    named = re.findall(r"^\d\. .*?`([^`]+)`", recipe, flags=re.MULTILINE)

    assert 0 < len(named) <= 8
    assert [path for path in named if not (root / path).exists()] == []


def record(relation: Relation) -> pl.DataFrame:
    """One record of a relation, about people of `world` and what its school has."""
    ids = {"person": 1, "other": 2, "course": 10, "role": 4, "course_group": 20, "people_group": 30, "order": 70}
    ids |= {"condition": 60, "merged_into": 2}
    usual = {"name": "Chess", "idnumber": "chess", "joinable": True, "status": "active", "source": "import"}
    usual |= {"match": "all", "removal": True, "clauses": "[]"}
    cells = {**dict.fromkeys(relation.schema, "x"), **usual, **ids}
    if relation.id:
        cells[relation.id] = 99
    return pl.DataFrame([{name: cells[name] for name in relation.schema}], schema=relation.schema)


def world() -> Directory:
    order = record(ORDER).with_columns(order=pl.lit(70, pl.Int64))
    condition = record(RELATIONS["condition"]).with_columns(condition=pl.lit(60, pl.Int64), name=pl.lit("Romans"))
    return directory(person(1), person(2)).with_frames({"order": order, "condition": condition})
