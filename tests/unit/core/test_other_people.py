"""Headers that name another person, or a second address, are never guessed to be the person's own."""

import pytest

from enlist.core.errors import HeaderError
from enlist.core.headers.match import match_headers
from enlist.core.headers.other_people import is_of_another
from tests.unit.core.test_validate import table

OTHERS = (
    "Parent Email",
    "parentEmail",
    "parent_phone",
    "Guardian 1 E-mail",
    "Mother's email",
    "Manager Email",
    "managermail",
    "Recovery Email",
    "Home Secondary Email",
    "Alternate e-mail",
    "Emergency contact phone",
    "Old e-mail",
    "E-Mail Eltern",
    "Elternmail",
    "Mail Erziehungsberechtigte",
    "Notfallnummer",
    "Vorgesetzte E-Mail",
    "Zusätzliche E-Mail",
    "Courriel du père",
    "Courriel du responsable légal",
    "Adresse de secours",
    "Correo del apoderado",
    "Correo de la madre",
    "Email genitore",
    "E-mail do encarregado de educação",
    "E-mail ouders",
    "E-mail rodzica",
    "E-mail zákonného zástupce",
    "Szülő e-mail címe",
    "Email părinte",
    "Vårdnadshavare e-post",
    "Foresattes e-post",
    "Huoltajan sähköposti",
    "Veli e-posta",
    "Почта родителя",
    "Додаткова адреса електронної пошти",
    "Email γονέα",
    "דואר של הורה",
    "بريد ولي الأمر",
    "Homeroom Teacher Email",
    "E-Mail Klassenlehrer",
    "Coach e-mail",
    "Owner Email",
    "Created By",
    "Added by (e-mail)",
    "Erstellt von",
    "家长邮箱",
    "保護者メール",
    "학부모 이메일",
)
OWN = (
    "Email",
    "E-Mail Schule",
    "Work Email",
    "Primary email",
    "Student Email",
    "Mobile",
    "Name",
    "Courriel",
    "Correo",
    "Почта",
    "Apartment",
    "Patent no",
    "Mailadresse",
    "Benutzername",
    "邮箱",
    "メールアドレス",
)


@pytest.mark.parametrize("header", OTHERS)
def test_a_header_about_somebody_else_is_recognised(header: str) -> None:
    assert is_of_another(header)


@pytest.mark.parametrize("header", OWN)
def test_a_header_about_the_person_is_not(header: str) -> None:
    assert not is_of_another(header)


ADDRESSES = ["a@x.org", "b@x.org", "c@x.org"]
PHONES = ["+49 151 1234567", "+49 151 7654321", "+49 151 5551234"]


@pytest.mark.parametrize(("cells", "others"), [(ADDRESSES, "Parent Kontakt"), (PHONES, "Emergency call")])
def test_what_cells_look_like_counts_only_without_such_a_word(cells: list[str], others: str) -> None:
    alone = match_headers(table({others: cells}))
    beside = match_headers(table({others: cells, "Kontakt": cells}))

    assert alone.headers == {}
    assert list(beside.headers.values()) == ["Kontakt"]


def test_a_similar_word_counts_only_without_such_a_word() -> None:
    assert match_headers(["Other e-mail adress"]).headers == {}
    assert match_headers(["E-mail adress"]).headers == {"email": "E-mail adress"}


@pytest.mark.parametrize(
    ("headers", "used"),
    [
        (["User ID", "Login"], "Login"),
        (["Login", "userid"], "Login"),
        (["userid", "username"], "username"),
        (["Login", "Username"], "Username"),
        (["Account", "Benutzername"], "Benutzername"),
    ],
)
def test_of_two_words_for_one_field_the_clearer_one_counts(headers: list[str], used: str) -> None:
    match = match_headers(headers)

    assert match.headers == {"username": used}
    assert match.flags.select("code", "detail").rows() == [("column_rival", f"username. “{used}” is used for it.")]


def test_two_words_that_are_equally_clear_are_refused() -> None:
    with pytest.raises(HeaderError, match="both mean username"):
        match_headers(["Login", "Benutzername"])


def test_a_choice_and_a_word_for_one_field_are_refused() -> None:
    with pytest.raises(HeaderError, match="both mean username"):
        match_headers(["User ID", "Login"], overrides={"User ID": "username"})
