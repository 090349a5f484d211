"""Write a roster of any size, the same every time.

    python -m benchmarks.make_roster ROWS [--variant new|changed|clean|…] [--first NUMBER] [--to FILE]

People have numbers: a roster has those from `first` on, and a number is the same person in every roster. The variant
`changed` is the roster a term later: one person in ten has another city, department, last name or guardian. About one
row in a hundred has a typical error, except in the variant `clean`. In the variant `unnamed` nobody has a username, and
of a million people thousands have the same name. `listed` is a complete list for the preset `sync`, with two groups a
person, and `listed-later` the next one: one person in a hundred is in another group. `tangled` and `chain` have the
people of a `clean` roster, in rows that depend on earlier rows. Names are invented, and addresses use domains reserved
for examples (RFC 2606, RFC 6761).
"""

import argparse
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.measure import BENCH, Stopwatch, serve, tell

NAMES = Path(__file__).parent.parent / "scripts" / "example_names.toml"
COURSES = tuple(f"C{number:03}" for number in range(50))
GROUPS = ("Monday", "Tuesday", "Wednesday", "Thursday")
ROLES = ("student", "teacher")
CAMPUSES = ("Harbour", "Hill", "Île-des-Sœurs", "North", "Old Town", "Žižkov")
SUBJECTS = (
    "Biology",
    "Chemistry",
    "Classics",
    "Computing",
    "Drama",
    "Economics",
    "Geography",
    "History",
    "Law",
    "Music",
)
TANGLED = (
    "username", "oldusername", "deleted", "suspended", "firstname", "lastname", "email", "department", "cohort1",
    "course1", "role1", "group1",
)  # fmt: skip
VARIANTS = ("new", "changed", "clean", "unnamed", "listed", "listed-later", "tangled", "chain")
YEARLY = 10
WRONG = 10
CHUNK = 500_000
LINKS = 100  # rows in each of the shorter chains
PRIME = 4_294_967_291  # the greatest below 2³²: squares of what is left by it fit into 64 bits


@dataclass(frozen=True)
class Roster:
    """Which people, and in which of the variants."""

    rows: int
    variant: str = "new"
    first: int = 0

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return BENCH / f"roster-{self.first}-{self.rows}-{self.variant}.csv"


def written(roster: Roster, *, to: Path | None = None) -> Path:
    """The roster's file, written if missing; an incomplete one never has this name."""
    path = to or roster.path
    if to or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            for start in range(0, roster.rows, CHUNK):
                rows = table(roster, start=start, height=min(CHUNK, roster.rows - start))
                rows.write_csv(file, include_header=start == 0)
        draft.replace(path)
    return path


def table(roster: Roster, *, start: int, height: int) -> pl.DataFrame:
    """Some of the roster's rows, as text, in the order of the file."""
    number = pl.int_range(roster.first + start, roster.first + start + height, dtype=pl.UInt64, eager=True)
    if roster.variant in ("tangled", "chain"):
        return _tangled(number) if roster.variant == "tangled" else _chain(_right(number))
    rows = _right(number)
    if roster.variant.startswith("listed"):
        return _listed(rows, number=number, is_later=roster.variant == "listed-later")
    if roster.variant == "unnamed":
        return _wrong(rows, number=number).drop("username")
    if roster.variant == "changed":
        rows = _a_term_later(rows, number=number)
    return rows if roster.variant == "clean" else _wrong(rows, number=number)


def _right(number: pl.Series) -> pl.DataFrame:
    names, schools = _names(), _schools()
    rows = names[_pick(number, among=names.height, about=1)]
    rows = rows.with_columns(username=pl.col("username") + number.cast(pl.String))
    return rows.select(
        "username",
        "firstname",
        "lastname",
        email=pl.concat_str("username", pl.lit("@"), _one_of(("students.example", "example.org"), number, about=2)),
        idnumber=pl.lit("S") + (number + 10_000_000).cast(pl.String),
        institution=schools.gather(_pick(number, among=len(schools), about=3)),
        department=_one_of(SUBJECTS, number, about=4),
        city="city",
        country="country",
        lang="lang",
        profile_field_campus=_one_of(CAMPUSES, number, about=5),
        profile_field_guardian=names.get_column("firstname").gather(_pick(number, among=names.height, about=6))
        + pl.lit(" ")
        + pl.col("lastname"),
        course1=_one_of(COURSES, number, about=7),
        role1=_one_of(("student",) * 19 + ("teacher",), number, about=8),
        group1=_one_of(GROUPS, number, about=9),
    )


def _listed(rows: pl.DataFrame, *, number: pl.Series, is_later: bool) -> pl.DataFrame:
    """A complete list: one group for the day, one for the subject."""
    moved = pl.lit(_pick(number, among=100, about=12)) == 0
    day = pl.when(moved & is_later).then(pl.lit("Friday")).otherwise("group1")
    return rows.select(
        "username",
        "firstname",
        "lastname",
        "email",
        groups=pl.concat_str(day, pl.lit("; "), "department"),
        status=pl.lit("active"),
        profile_field_campus="profile_field_campus",
    )


def _a_term_later(rows: pl.DataFrame, *, number: pl.Series) -> pl.DataFrame:
    kind = pl.lit(_pick(number, among=4 * YEARLY, about=10))
    return rows.with_columns(
        city=pl.when(kind == 0).then(pl.lit("Nový Bydžov")).otherwise("city"),
        department=pl.when(kind == 1).then(pl.lit("Philosophy")).otherwise("department"),
        lastname=pl.when(kind == 2).then(pl.col("lastname") + pl.lit("-Berg")).otherwise("lastname"),
        profile_field_guardian=pl.when(kind == 3).then(pl.lit("Nobody Else")).otherwise("profile_field_guardian"),
    )


def _tangled(number: pl.Series) -> pl.DataFrame:
    """One person in half of the rows; the rest in chains, swaps, and people who leave and return."""
    people = _right(number)
    half, quarter, pairs = people.height // 2, people.height // 4, people.height // 24
    one = people.head(half).with_columns(username=pl.col("username").first(), email=pl.lit(""))
    chains = people.slice(half, quarter)
    swaps = people.slice(half + quarter, 2 * pairs)
    gone = people.slice(half + quarter + 2 * pairs, (people.height - half - quarter - 3 * pairs) // 2)
    pieces = [
        one.with_columns(cohort1=pl.lit("day") + (pl.int_range(pl.len()) % 7).cast(pl.String)),
        *(_chain(chains.slice(start, LINKS)) for start in range(0, chains.height, LINKS)),
        _swaps(swaps),
        gone.with_columns(deleted=pl.lit("1")),
        gone.with_columns(suspended=pl.lit("1")),
    ]
    return pl.concat(pieces, how="diagonal").select(TANGLED).with_columns(pl.all().fill_null(""))


def _chain(people: pl.DataFrame) -> pl.DataFrame:
    """Everybody gets the name and address that the next person gave up in the row before; the last gets new ones."""
    old, free = people.get_column("username"), pl.lit("next.") + pl.col("username").last()
    links = people.with_columns(
        oldusername=old,
        username=pl.col("username").shift(-1).fill_null(free),
        email=pl.col("email").shift(-1).fill_null(pl.lit("next.") + pl.col("email").last()),
    )
    whole = links.reverse().with_columns(cohort1=pl.lit("moved"))
    return whole.select(name for name in TANGLED if name in whole.columns)


def _swaps(people: pl.DataFrame) -> pl.DataFrame:
    """Pairs of people swap names through a third name."""
    ours, theirs = people.gather_every(2), people.gather_every(2, offset=1)
    name, other = ours.get_column("username"), theirs.get_column("username")
    steps = [(ours, name, other + ".gone"), (theirs, other, name), (ours, other + ".gone", other)]
    turns = [
        who.with_columns(oldusername=old, username=new, email=pl.lit(""), _turn=pl.int_range(pl.len()))
        for who, old, new in steps
    ]
    return pl.concat(turns).sort("_turn", maintain_order=True)


def _wrong(rows: pl.DataFrame, *, number: pl.Series) -> pl.DataFrame:
    """One error in one of a hundred rows, with equal shares of each kind."""
    kind = pl.lit(_pick(number, among=100 * WRONG, about=11))
    wrong = {
        "email": (pl.col("username") + pl.lit("@@example.org"), pl.col("email").shift(1)),
        "username": (pl.lit(""), pl.col("username").shift(1)),
        "course1": (pl.lit("C-9999"),),
        "role1": (pl.lit("studnet"),),
        "profile_field_campus": (pl.lit("Nowhere"),),
        "lastname": (pl.lit(""),),
        "country": (pl.lit("Atlantis"),),
        "city": (pl.lit("Northfield on the Hill, " * 6),),
    }
    columns = [(column, cell) for column, cells in wrong.items() for cell in cells]
    # If a person's own row fails, only a second import would distinguish them from their duplicate.
    alone = kind.shift(1, fill_value=WRONG) >= WRONG
    spoilt = {column: pl.col(column) for column in wrong}
    for code, (column, cell) in enumerate(columns):
        spoilt[column] = pl.when((kind == code) & alone).then(cell).otherwise(spoilt[column])
    return rows.with_columns(**spoilt)


def _pick(number: pl.Series, *, among: int, about: int) -> pl.Series:
    """For each person one of 0 … among - 1, different for each purpose; the same in every version of Polars."""
    mixed = (number * 2_654_435_761 + about * 40_503_001) % PRIME
    for _ in range(2):
        mixed = (mixed * mixed + about * 97) % PRIME
    return mixed % among


def _one_of(values: tuple[str, ...], number: pl.Series, *, about: int) -> pl.Series:
    return pl.Series(values).gather(_pick(number, among=len(values), about=about))


def _names() -> pl.DataFrame:
    """All possible people: all combinations of each language's names, in each of its cities."""
    groups = tomllib.loads(NAMES.read_text("utf-8")).values()
    people = [
        (*given.split("|"), *family.split("|"), city, group["country"], group["lang"])
        for group in groups
        for given in group["given"]
        for family in group["family"]
        for city in group["cities"]
    ]
    columns = ["firstname", "first", "lastname", "last", "city", "country", "lang"]
    frame = pl.DataFrame(people, schema=columns, orient="row")
    return frame.with_columns(username=pl.concat_str("first", pl.lit("."), "last"))


def _schools() -> pl.Series:
    cities = _names().get_column("city").unique(maintain_order=True)
    # The comma makes quoted cells, as rosters have them.
    return pl.concat([cities + " University", cities + " School of Music", "St Mary's College, " + cities])


def roster(rows: int, variant: str, first: int) -> None:
    """Write a roster as a step of a benchmark, if missing."""
    tell(Stopwatch(), path=str(written(Roster(rows, variant, first))))


def main() -> None:
    """Write one roster, and print its path."""
    parser = argparse.ArgumentParser(description="Write a roster of invented people.")
    parser.add_argument("rows", type=int)
    parser.add_argument("--variant", choices=VARIANTS, default="new")
    parser.add_argument("--first", type=int, default=0, help="the number of the first person")
    parser.add_argument("--to", type=Path, help="the file; without it, one in var/bench")
    arguments = parser.parse_args()
    print(written(Roster(arguments.rows, arguments.variant, arguments.first), to=arguments.to))


if __name__ == "__main__":
    if sys.argv[1:2] == ["roster"]:
        serve({"roster": roster})
    else:
        main()
