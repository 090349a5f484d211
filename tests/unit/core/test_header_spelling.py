"""Headers as people and programs write them: with marks, owners and translations, and several for one field."""

from dataclasses import replace

import polars as pl
import pytest

from enlist.core.flags.flags import no_flags, sentences
from enlist.core.headers.match import HeaderMatch, match_headers
from enlist.core.headers.spelling import without_marks
from enlist.core.headers.words import fold, is_known
from enlist.core.table.table import Source, Table


def found(header: str) -> tuple[str | None, str | None]:
    """Its field, and the flag about it."""
    column = match_headers([header]).columns[0]
    return column.slug, column.flag


@pytest.mark.parametrize(
    ("header", "field"),
    [
        pytest.param("First Name [Required]", "firstname", id="a mark in brackets"),
        pytest.param("Username (required)", "username", id="in others"),
        pytest.param("Vorname (Pflichtfeld)", "firstname", id="in German"),
        pytest.param("メールアドレス（必須）", "email", id="in Japanese, with wide brackets"),
        pytest.param("Электронная почта (обязательно)", "email", id="in Russian"),
        pytest.param("Name (max. 50)", "fullname", id="a limit"),
        pytest.param("Email Address *", "email", id="a star"),
        pytest.param("Required: Email", "email", id="a mark before it"),
        pytest.param("Email address (required, unique)", "email", id="two marks"),
        pytest.param("Student #", "idnumber", id="a sign for number"),
        pytest.param("Name (Last, First)", "fullname_reversed", id="the order of names"),
        pytest.param("Schul-E-Mail", "email", id="a compound"),
        pytest.param("E-Mail*:", "email", id="a star and a colon"),
        pytest.param("City:", "city", id="a colon"),
        pytest.param("3. Surname", "lastname", id="a number"),
        pytest.param("Q2) E-mail", "email", id="a question's number"),
        pytest.param("Username (USERNAME)", "username", id="the program's own name behind it"),
        pytest.param("Last name [surname] Required", "lastname", id="and a mark behind that"),
        pytest.param("Vorname/First name", "firstname", id="two languages"),
        pytest.param("First name / Prénom", "firstname", id="with blanks"),
        pytest.param("Nachname (Last name)", "lastname", id="the second in brackets"),
        pytest.param("Prénom - First name", "firstname", id="a dash between them"),
        pytest.param("Vorname First name", "firstname", id="nothing between them"),
        pytest.param("Imię | Ім'я | First name", "firstname", id="three languages"),
        pytest.param("名前 (Name)", "fullname_reversed", id="names as a whole"),
        pytest.param("Student First Name", "firstname", id="whose it is"),
        pytest.param("Nom de l'élève", "lastname", id="in French"),
        pytest.param("Vorname des Teilnehmers", "firstname", id="in German, with an article"),
        pytest.param("Фамилия ученика", "lastname", id="in Russian, behind it"),
        pytest.param("student.lastName", "lastname", id="a program's dot"),
        pytest.param("[Students]First_Name", "firstname", id="a database's table"),
        pytest.param("userEmail", "email", id="a hump"),
        pytest.param("Work Email", "email", id="the address at work"),
        pytest.param("E-Mail Schule", "email", id="the one at school"),
        pytest.param("Telefon (dienstlich)", "phone1", id="a telephone at work"),
        pytest.param("sAMAccountName", "username", id="Active Directory"),
        pytest.param("sn", "lastname", id="a directory's family name"),
        pytest.param("SIS Login ID", "username", id="Canvas"),
        pytest.param("user_login", "username", id="WordPress"),
        pytest.param("E-mail 1 - Value", "email", id="Google's contacts"),
        pytest.param("Given Name(s)", "firstname", id="a plural in brackets"),
        pytest.param("Primary Email", "email", id="the main one"),
        pytest.param("Kurs (course1)", "course1", id="a translation, and the field's own name"),
        pytest.param("Email institutionnel", "email", id="the address of an institution"),
        pytest.param("E-Mail dienstl.", "email", id="a word cut short"),
        pytest.param("Nom d'usage", "lastname", id="the last name in use"),
    ],
)
def test_it_is_sure_of_a_name_with_decorations(header: str, field: str) -> None:
    assert found(header) == (field, None)
    assert is_known(header)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        pytest.param("attribute_1 <Department>", "department", id="an unknown name around it"),
        pytest.param("Stadt/Landkreis", "city", id="an unknown half"),
        pytest.param("Personal Email", "email", id="an address at home"),
        pytest.param("Telefon privat", "phone1", id="a telephone at home"),
        pytest.param("User ID", "username", id="it may be a number"),
        pytest.param("Preferred first name", "firstname", id="it may be a nickname"),
        pytest.param("Teilnehmer", "fullname", id="it may be anything about them"),
    ],
)
def test_it_asks_about_what_may_mean_something_else(header: str, field: str) -> None:
    assert found(header) == (field, "header_guessed")


@pytest.mark.parametrize(
    "header",
    [
        "Parent First Name", "Nom du père", "E-Mail Eltern", "Manager Email", "Email / Phone", "Name of school",
        "School Phone", "Company Address", "Last Login", "Username Class", "Recovery Phone [E.164]",
        "Secondary Email", "Principal Email", "Teacher Name", "Klasse/Kurs", "(required)",
    ],
)  # fmt: skip
def test_it_takes_nothing_else_for_the_persons_own(header: str) -> None:
    assert found(header)[0] is None


def test_short_words_need_their_accents() -> None:
    assert [found(header)[0] for header in ("Họ", "Ho", "Tên", "Ten")] == ["lastname", None, "firstname", None]


@pytest.mark.parametrize("cell", ["Student", "Teilnehmer", "Ho", "Grad", "Ann", "Berlin / Bonn", "Lee (Ann)"])
def test_values_do_not_make_a_line_a_header(cell: str) -> None:
    assert not is_known(cell)


def test_marks_never_hide_a_different_name() -> None:
    assert [fold(without_marks(each)) for each in ("Email (parent)", "3 phones", "2024", "Name (dd.mm.yyyy)")] == [
        "emailparent", "3phones", "2024", "name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "slugs"),
    [
        pytest.param(["userid", "username"], {"username": "username"}, id="the exact name beside a doubtful one"),
        pytest.param(["User ID", "Login"], {"Login": "username"}, id="a word beside a doubtful one"),
        pytest.param(["Login", "Username"], {"Username": "username"}, id="the exact name beside a word"),
        pytest.param(["Personal Email", "Work Email"], {"Work Email": "email"}, id="at work beside at home"),
        pytest.param(["Email [Required]", "Email"], {"Email": "email"}, id="the plain one beside a marked one"),
        pytest.param(["Nom", "Cognoms"], {"Nom": "firstname", "Cognoms": "lastname"}, id="Catalan"),
        pytest.param(["Nom", "Prénom"], {"Nom": "lastname", "Prénom": "firstname"}, id="French"),
        pytest.param(
            ["Nom", "Prénom", "Nom de l'élève", "Prénom de l'élève"],
            {"Nom": "lastname", "Prénom": "firstname"},
            id="parents",
        ),
        pytest.param(["Legal surname", "Preferred surname"], {"Legal surname": "lastname"}, id="legal and preferred"),
        pytest.param(["School Email", "Work Email"], {}, id="neither of two that are as likely"),
    ],
)
def test_of_several_columns_for_a_field_the_clearest_counts(headers: list[str], slugs: dict[str, str]) -> None:
    assert match_headers(headers).slugs == slugs


def test_it_says_which_column_was_not_used_and_why() -> None:
    flags = match_headers(["User ID", "Login", "School Email", "Work Email"]).flags

    assert flags.get_column("code").unique().to_list() == ["column_rival"]
    assert sentences(flags).to_list() == [
        "Column “User ID” isn't imported: it may mean username. “Login” is used for it.",
        "Column “School Email” isn't imported: it may mean e-mail. Other columns may mean it as well, so none is used.",
        "Column “Work Email” isn't imported: it may mean e-mail. Other columns may mean it as well, so none is used.",
    ]


def test_what_a_person_maps_goes_before_a_doubtful_name() -> None:
    assert match_headers(["User ID", "Nr"], overrides={"Nr": "username"}).slugs == {"Nr": "username"}


def people(**cells: list[str]) -> Table:
    frame = pl.DataFrame(cells)
    source = Source(name="people.csv", sha256="", encoding="utf-8", delimiter=",", header_line=1, road="fast")
    return Table(frame=frame, lines=pl.int_range(2, frame.height + 2, eager=True), source=source, flags=no_flags())


def whole(**cells: list[str]) -> HeaderMatch:
    return match_headers(people(**{name.replace("_", " "): each for name, each in cells.items()}))


def test_a_name_beside_a_first_name_is_the_last_name_unless_it_contains_the_first() -> None:
    family = whole(First_name=["Olga", "Otto"], Name=["Berg", "Wald"])
    both = whole(First_name=["Olga", "Otto"], Name=["Olga Berg", "Wald, Otto"])

    assert family.slugs == {"First name": "firstname", "Name": "lastname"}
    assert both.slugs == {"First name": "firstname", "Name": "fullname"}


def test_a_display_name_is_never_a_last_name() -> None:
    match = whole(First_name=["Olga", "Otto"], Display_name=["olga92", "The Wald"])

    assert match.slugs == {"First name": "firstname"}
    assert match.flags.get_column("code").to_list() == ["column_spare"]


def test_a_repeated_first_name_alone_is_no_whole_name() -> None:
    assert replace(whole(First_name=["Olga"], Name=["Olga"]).columns[1], why="").slug == "lastname"
