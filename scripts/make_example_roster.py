"""Write the people of the demo school and the roster of its next term, the same every time.

    python scripts/make_example_roster.py [FOLDER]

In the folder (default: this repository): src/enlist/services/setup/demo_school/people.csv with 400 people, and
examples/roster.csv with 376 rows. A third of these are existing people, some with changes; about 3 % have typical
errors. All names are invented, and all addresses use domains reserved for examples (RFC 2606, RFC 6761).
"""

import csv
import sys
import tomllib
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")
Person = dict[str, str]

ROOT = Path(__file__).resolve().parent.parent
SCHOOL_FOLDER = "src/enlist/services/setup/demo_school"
NAMES = tomllib.loads(Path(__file__).with_name("example_names.toml").read_text("utf-8"))
SCHOOL = tomllib.loads((ROOT / SCHOOL_FOLDER / "school.toml").read_text("utf-8"))

DETAILS = ("username", "firstname", "lastname", "email", "idnumber", "department", "city", "country", "lang")
PROFILE = ("profile_field_house", "profile_field_year", "profile_field_guardian")
COURSES = ("course1", "role1", "group1", "course2", "role2", "group2")
ROSTER = (*DETAILS, *PROFILE, *COURSES)
PEOPLE = (
    *DETAILS,
    "site_role",
    "source",
    *PROFILE,
    "profile_field_bus",
    "profile_field_birthday",
    "profile_field_photos",
    *COURSES,
)

STAFF = (("owner", 1), ("admin", 2), ("manager", 2), ("instructor", 25))
STUDENTS = 370
KNOWN, NEW = 125, 250
LOWER = {"7", "8"}
SIDE_COURSES = ("SCI", "HIST", "GEO", "LANG", "ART", "MUSIC", "CODE", "SPORT")
WRONG_CELLS = (
    ("email", "zoe.marsh@@example.org"),
    ("course1", "MTH-7"),
    ("profile_field_house", "Oka"),
    ("lastname", ""),
    ("username", ""),
    ("role2", "studnet"),
    ("group1", "Set Z"),
    ("country", "Atlantis"),
    ("city", "Northfield on the Hill, " * 6),
)
SUBJECTS = ("Mathematics", "English", "Science", "Humanities", "Languages", "Arts", "Sport")


class Maker:
    """Invents people; no two have the same username."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 names, not secrets
        self._taken: set[str] = set()
        self._numbers = count(20_001)
        self._languages = [name for name, group in NAMES.items() for _ in range(group["weight"])]

    def pick(self, among: Sequence[T]) -> T:
        """One of the choices. Only `random()` gives the same numbers in every version of Python."""
        return among[int(self._random.random() * len(among))]

    def chance(self, share: float) -> bool:
        """True for this share of the calls."""
        return self._random.random() < share

    def person(self) -> Person:
        """A person with a name, a city and an e-mail address."""
        group = NAMES[self.pick(self._languages)]
        (first, first_latin), (last, last_latin) = self._name(group["given"]), self._name(group["family"])
        username = self._username(f"{first_latin}.{last_latin}")
        # Most people live near their school, whatever their names.
        country, cities = (group["country"], group["cities"]) if self.chance(0.4) else ("GB", ["Northfield", "Weston"])
        return {
            "username": username,
            "firstname": first,
            "lastname": last,
            "email": f"{username}@{self.pick(['northfield.example'] * 3 + ['example.org', 'example.net'])}",
            "idnumber": f"N{next(self._numbers)}",
            "city": self.pick(cities),
            "country": country,
            "lang": group["lang"],
            "profile_field_guardian": f"{self._name(group['given'])[0]} {last}" if self.chance(0.7) else "",
        }

    def student(self) -> Person:
        """A learner of one year, in two courses."""
        year = self.pick(SCHOOL["profile_fields"][1]["options"])
        first = self.pick(("MATH", "ENG")) + ("-7" if year in LOWER else "-10")
        return {
            **self.person(),
            "department": f"Year {year}",
            "site_role": "learner",
            "profile_field_house": self.pick(SCHOOL["profile_fields"][0]["options"]),
            "profile_field_year": year,
            "profile_field_bus": self.pick(["", "", "12", "47", "X3"]),
            "profile_field_birthday": f"{2022 - int(year)}-{self.pick(range(1, 13)):02}-{self.pick(range(1, 29)):02}",
            "profile_field_photos": self.pick(["1", "1", "0"]),
            **self.course(1, shortname=first, role="student"),
            **self.course(2, shortname=self.pick(SIDE_COURSES), role="student"),
        }

    def employee(self, site_role: str) -> Person:
        """A teacher in two courses, or office staff in none."""
        person = {**self.person(), "site_role": site_role, "department": "Office", "profile_field_guardian": ""}
        if site_role != "instructor":
            return person
        shortnames = list(SCHOOL["courses"])
        first = self.pick(shortnames)
        second = self.pick([name for name in shortnames if name != first])
        return {
            **person,
            "department": self.pick(SUBJECTS),
            **self.course(1, shortname=first, role="editingteacher"),
            **self.course(2, shortname=second, role="teacher"),
        }

    def course(self, number: int, *, shortname: str, role: str) -> Person:
        """The three columns of an enrolment; teachers have no group."""
        group = self.pick(SCHOOL["courses"][shortname]["groups"]) if role == "student" else ""
        return {f"course{number}": shortname, f"role{number}": role, f"group{number}": group}

    def _name(self, names: Sequence[str]) -> list[str]:
        return self.pick(names).split("|")

    def _username(self, wanted: str) -> str:
        free = next(name for n in count(1) if (name := wanted + (str(n) if n > 1 else "")) not in self._taken)
        self._taken.add(free)
        return free


def school_people(make: Maker) -> list[Person]:
    """Everybody in the demo school, staff first; some people were added manually, the others imported."""
    staff = [make.employee(site_role) for site_role, number in STAFF for _ in range(number)]
    students = [make.student() for _ in range(STUDENTS)]
    by_hand = [{**person, "source": "manual"} for person in staff]
    return by_hand + [{**person, "source": "manual" if make.chance(0.15) else "import"} for person in students]


def next_term(make: Maker, *, people: Sequence[Person]) -> list[Person]:
    """The rows of the roster without errors: existing and new people, shuffled."""
    students = [person for person in people if person["site_role"] == "learner"]
    existing = [changed(make, person=person) for person in students[:: len(students) // KNOWN][:KNOWN]]
    new = [make.student() for _ in range(NEW)]
    return sorted(existing + new, key=lambda _: make.pick(range(10**9)))


def changed(make: Maker, *, person: Person) -> Person:
    """An existing person in the new term: most are unchanged, some have moved, some have another house or course."""
    if make.chance(0.65):
        return person
    if make.chance(0.4):
        return {**person, "city": make.pick(["Weston", "Leeds", "Cardiff", "York"])}
    if make.chance(0.5):
        return {**person, "profile_field_house": make.pick(["Oak", "Elm", "Ash", "Yew"])}
    return {**person, **make.course(2, shortname=make.pick(SIDE_COURSES), role="student")}


def spoil(rows: Sequence[Person], *, people: Sequence[Person]) -> list[list[str]]:
    """The rows as cells, with one error of each kind among the new people."""
    existing = {person["username"] for person in people}
    places = iter([number for number, row in enumerate(rows) if row["username"] not in existing][10::18])
    cells = [[row.get(column, "") for column in ROSTER] for row in rows]
    for column, wrong in (*WRONG_CELLS, ("email", people[200]["email"])):
        cells[next(places)][ROSTER.index(column)] = wrong
    del cells[next(places)][-3:]
    cells[next(places)].append("ask the office")
    twin = list(cells[next(places)])
    twin[ROSTER.index("city")] = "York"
    return [*cells, twin]


def write(path: Path, *, rows: Iterable[Sequence[str]]) -> None:
    """The rows as comma-separated text in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def make(folder: Path) -> None:
    """Write both files in a folder."""
    maker = Maker(seed=2)
    people = school_people(maker)
    rows = next_term(maker, people=people)
    write(folder / SCHOOL_FOLDER / "people.csv", rows=[PEOPLE, *([p.get(c, "") for c in PEOPLE] for p in people)])
    write(folder / "examples" / "roster.csv", rows=[ROSTER, *spoil(rows, people=people)])


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
