from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.errors import HeaderError
from enlist.core.fields.fields import FIELDS, FIRST_ALIASES
from enlist.core.flags.flags import no_flags, sentences
from enlist.core.headers.match import match_headers
from enlist.core.headers.words import NOT_HANDLED, fold, is_known, is_secret, usual_slug
from enlist.core.table.table import Source, Table

SCHOOL = Reference(
    profile_fields=(
        ProfileField(1, "grade", "School year"),
        ProfileField(2, "Vendor", "Vendor"),
        ProfileField(3, "shirt", "Size", kind="choice", options=("S", "M")),
        ProfileField(4, "shoe", "Size"),
    )
)


def table(*headers: str, secrets: tuple[str, ...] = ()) -> Table:
    return Table(
        frame=pl.DataFrame({header: [] for header in headers}, schema=dict.fromkeys(headers, pl.String)),
        lines=pl.Series([], dtype=pl.Int64),
        source=Source(name="people.csv", sha256="", encoding="utf-8", delimiter=",", header_line=1, road="fast"),
        flags=no_flags(),
        secrets=secrets,
    )


def slug(header: str) -> str | None:
    return match_headers([header], reference=SCHOOL).columns[0].slug


def test_it_matches_the_headers_of_a_table() -> None:
    match = match_headers(table("username", "First name", "Nachname", "courriel"))

    assert match.slugs == {
        "username": "username",
        "First name": "firstname",
        "Nachname": "lastname",
        "courriel": "email",
    }
    assert match.headers == {slug: header for header, slug in match.slugs.items()}
    assert match.flags.is_empty()


def test_it_gives_its_confidence_and_reason() -> None:
    headers = ["username", "First-Name", "Nachname", "School year", "colour"]

    assert [(c.confidence, c.why) for c in match_headers(headers, reference=SCHOOL).columns] == [
        (1.0, "It is the field's name."),
        (0.95, "It is the field's name."),
        (0.9, "Recognised as “last name”."),
        (0.85, "It is the name of a profile field."),
        (0.0, "No field has this name."),
    ]


@pytest.mark.spec("EC-13")
@pytest.mark.parametrize(
    ("header", "field"),
    [
        pytest.param("USERNAME", "username", id="upper case"),
        pytest.param(" user_name ", "username", id="blanks around, an underscore"),
        pytest.param("E-Mail", "email", id="a dash"),
        pytest.param("First name*", "firstname", id="the asterisk of a required field"),
        pytest.param("Pre\u0301nom", "firstname", id="an accent as a letter of its own"),
        pytest.param("ＥＭＡＩＬ", "email", id="full-width letters"),
        pytest.param("Prenom", "firstname", id="an accent left out"),
        pytest.param("CORREO ELECTRONICO", "email", id="accents left out in capitals"),
        pytest.param("nom d’utilisateur", "username", id="the printer's apostrophe"),
        pytest.param("***", None, id="nothing to go by"),
        pytest.param("", None, id="blank"),
    ],
)
def test_it_looks_past_spelling(header: str, field: str | None) -> None:
    assert slug(header) == field


@pytest.mark.spec("EC-09", "EC-10", "EC-11", "EC-12")
def test_it_takes_the_number_of_a_family_as_text() -> None:
    match = match_headers(["course1", "Course01", "role1", "ROLE 01", "type1", "group_01"])

    assert match.slugs == {
        "course1": "course1",
        "Course01": "course01",
        "role1": "role1",
        "ROLE 01": "role01",
        "type1": "type1",
        "group_01": "group01",
    }


def test_it_does_not_use_a_member_of_a_family_without_its_course() -> None:
    match = match_headers(["course1", "role1", "group01"])

    assert match.slugs == {"course1": "course1", "role1": "role1"}
    assert sentences(match.flags).to_list() == [
        "Column “group01” needs a column course01, which is not there; it is ignored."
    ]


@pytest.mark.spec("EC-05", "IC-15", "IC-16")
@pytest.mark.parametrize(
    ("header", "field"),
    [
        pytest.param("profile_field_grade", "profile_field_grade", id="exactly"),
        pytest.param("PROFILE_FIELD_GRADE", "profile_field_grade", id="in lower case"),
        pytest.param("profile_field_Vendor", "profile_field_Vendor", id="exactly, with a capital"),
        pytest.param("profile_field_vendor", None, id="lower case never finds a capital"),
        pytest.param("profile_field_gra_de", None, id="never more loosely"),
        pytest.param("School Year", "profile_field_grade", id="its own name"),
        pytest.param("grade", "profile_field_grade", id="its short name"),
        pytest.param("Size", None, id="a name of two fields"),
    ],
)
def test_it_finds_profile_fields(header: str, field: str | None) -> None:
    assert slug(header) == field


def test_an_organisations_own_word_comes_before_a_synonym() -> None:
    own = Reference(profile_fields=(ProfileField(1, "campus", "School"),))

    assert match_headers(["School"], reference=own).slugs == {"School": "profile_field_campus"}
    assert match_headers(["School"]).slugs == {"School": "institution"}


@pytest.mark.spec("EC-03", "EC-25")
def test_it_names_the_columns_it_knows_and_does_not_handle() -> None:
    match = match_headers(["username", *NOT_HANDLED, "CategoryRole2", "category1"])

    assert match.slugs == {"username": "username"}
    assert match.flags.get_column("code").unique().to_list() == ["column_not_handled"]
    assert match.flags.get_column("column").to_list() == [*NOT_HANDLED, "CategoryRole2", "category1"]
    assert sentences(match.flags).to_list()[-1] == (
        "Column “category1” (course category) is recognised but not handled by this import."
    )


def test_it_ignores_unknown_columns_and_names_them() -> None:
    match = match_headers(["username", "colour", "corse"])

    assert match.flags.select("row", "column", "code").rows() == [(None, None, "column_ignored")]
    assert sentences(match.flags).to_list() == [
        "These columns match no field and aren't imported (2): “colour”, “corse” (did you mean courseN?)."
    ]


def test_a_single_unknown_column_is_named_as_such() -> None:
    assert match_headers(["username", "colour"]).flags.get_column("column").to_list() == ["colour"]


def test_it_names_the_first_of_many_unknown_columns() -> None:
    match = match_headers(["username", *(f"colour {number}" for number in range(23))])

    assert sentences(match.flags).item().endswith("“colour 19” and 3 more.")


@pytest.mark.parametrize("word", ["course", "Kurs", "Cours", "curso", "Курс", "課程"])
def test_a_word_for_courses_is_mapped_to_the_first_course_and_reported(word: str) -> None:
    assert guesses(["username", word]) == [(word, "course1", 0.6)]
    assert guesses(["username", word, "course1"]) == []


def test_no_word_for_the_first_of_a_family_means_anything_else() -> None:
    slugs = {word: usual_slug(word) for words in FIRST_ALIASES.values() for word in words}

    assert {word: slug for word, slug in slugs.items() if slug} == {}


def test_it_refuses_all_unknown_columns_at_once_by_policy() -> None:
    with pytest.raises(HeaderError) as refused:
        match_headers(["username", "colour", "emial", "course"], unknown_columns="refuse")

    assert refused.value.message == (
        "Unknown columns: “colour”, “emial” (did you mean email?), “course” (did you mean courseN?)."
    )


def guesses(headers: list[str] | Table, **remembered: str) -> list[tuple[str, str | None, float]]:
    """Header, slug and sureness of what is guessed or remembered."""
    match = match_headers(headers, reference=SCHOOL, remembered=remembered)
    return [(column.header, column.slug, column.confidence) for column in match.columns if column.is_lesson]


@pytest.mark.spec("EN-07")
@pytest.mark.parametrize(
    ("header", "field"),
    [
        pytest.param("emial", "email", id="two letters the wrong way round"),
        pytest.param("Frist name", "firstname", id="in two words"),
        pytest.param("Nachnahme", "lastname", id="in German"),
        pytest.param("Departement", "department", id="between two languages"),
        pytest.param("Scool year", "profile_field_grade", id="a field of the organisation"),
        pytest.param("phone 3", None, id="a number is not a typo"),
        pytest.param("profile_field_grad", None, id="profile fields are named exactly"),
        pytest.param("town2", None, id="nor is this one"),
        pytest.param("shoe size", None, id="nothing like it"),
    ],
)
def test_it_guesses_at_slips_of_the_pen(header: str, field: str | None) -> None:
    assert slug(header) == field


@pytest.mark.spec("EN-07")
def test_it_reports_guesses_with_confidence_and_reason() -> None:
    match = match_headers(["username", "emial"])

    assert sentences(match.flags).to_list() == [
        "Column “emial” is imported as e-mail (72% sure). It is similar to “email”, another name for it."
    ]
    assert match.flags.get_column("code").to_list() == ["header_guessed"]


@pytest.mark.spec("EN-07")
def test_a_guess_never_takes_a_field_from_a_word() -> None:
    assert match_headers(["email", "emial"]).slugs == {"email": "email"}


@pytest.mark.spec("EN-07")
def test_of_two_guesses_for_one_field_neither_is_taken_unless_one_is_surer() -> None:
    assert guesses(["emial", "emali"]) == []
    assert guesses(["firstnam", "frst nme"]) == [("firstnam", "firstname", 0.8)]


def filled(**cells: list[str]) -> Table:
    """A table of these columns."""
    empty = table(*cells)
    frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
    return replace(empty, frame=frame, lines=pl.int_range(2, frame.height + 2, eager=True))


@pytest.mark.spec("EN-07")
@pytest.mark.parametrize(
    ("cells", "field"),
    [
        pytest.param(["ann@example.org", "bob@example.org", ""], "email", id="e-mail addresses"),
        pytest.param(["bob@@example.org"], "email", id="a single bad one"),
        pytest.param(["+49 30 901820", "+1 415 555 2671", "+44 20 7946 0000"], "phone1", id="telephone numbers"),
        pytest.param(["DE", "FR", "IT", "DE"], "country", id="codes of countries"),
        pytest.param(["Europe/Paris", "Asia/Tokyo", "Europe/Rome"], "timezone", id="time zones"),
        pytest.param(["DE", "FR"], None, id="too few to tell"),
        pytest.param(["ann@example.org", "none", "no", "never"], None, id="too mixed"),
        pytest.param(["38", "41", "40"], None, id="numbers"),
        pytest.param(["", ""], None, id="nothing"),
    ],
)
def test_it_guesses_by_the_cells_of_the_column(cells: list[str], field: str | None) -> None:
    assert match_headers(filled(Contact=cells)).columns[0].slug == field


@pytest.mark.spec("EN-07")
def test_it_is_surer_if_header_and_cells_agree() -> None:
    both = filled(emial=["ann@example.org"])

    assert guesses(both) == [("emial", "email", 0.8)]
    assert match_headers(both).columns[0].why == (
        "It is similar to “email”, another name for it. All of its cells look like e-mail addresses."
    )


@pytest.mark.spec("EN-07")
def test_it_doubts_a_column_whose_cells_disagree() -> None:
    match = match_headers(filled(mail=["Ann", "Bob", "Eve"], surname=["1", "2", "3"], firstname=["Ann", "B2", "Eve"]))

    assert match.slugs == {"mail": "email", "surname": "lastname", "firstname": "firstname"}
    assert sentences(match.flags).to_list() == [
        "Column “mail” is imported as e-mail, but only 0% of its cells have an @.",
        "Column “surname” is imported as last name, but all of its cells hold digits or signs that names do not have.",
    ]


@pytest.mark.spec("EN-07")
def test_it_remembers_earlier_mappings_of_a_header() -> None:
    assert guesses(["Kennzahl", "Mail"], kennzahl="username") == [("Kennzahl", "username", 0.95)]
    assert match_headers(["KENN-ZAHL"], remembered={"kennzahl": "username"}).columns[0].why == (
        "You chose this for an earlier file."
    )


@pytest.mark.spec("EN-07")
def test_what_is_remembered_goes_before_a_synonym_and_gives_way_to_a_word_of_another_column() -> None:
    remembered = {"login": "idnumber", "kontakt": "email"}

    assert match_headers(["Login", "Kontakt"], remembered=remembered).slugs == {"Login": "idnumber", "Kontakt": "email"}
    assert match_headers(["Mail", "Kontakt"], remembered=remembered).slugs == {"Mail": "email"}


@pytest.mark.spec("EN-07")
def test_a_mapping_overrides_a_remembered_one() -> None:
    match = match_headers(["Kontakt"], remembered={"kontakt": "email"}, overrides={"Kontakt": "phone"})

    assert match.slugs == {"Kontakt": "phone1"}
    assert match.lessons == {"Kontakt": "phone1"}


def test_it_forgets_fields_that_are_no_longer_there() -> None:
    assert match_headers(["Bus"], remembered={"bus": "profile_field_bus"}).slugs == {}


def test_a_column_without_a_header_teaches_nothing() -> None:
    match = match_headers(["Column 1", "Kennung 1"], overrides={"Column 1": "username", "Kennung 1": "email"})

    assert match.lessons == {"Kennung 1": "email"}


@pytest.mark.spec("WL-05")
@pytest.mark.parametrize(
    ("headers", "slugs"),
    [
        pytest.param(["Name"], {"Name": "fullname"}, id="alone"),
        pytest.param(["Vorname", "Name"], {"Vorname": "firstname", "Name": "lastname"}, id="beside a first name"),
        pytest.param(["Surname", "Name"], {"Surname": "lastname", "Name": "firstname"}, id="beside a last name"),
        pytest.param(
            ["Name", "Vorname", "Nachname"], {"Vorname": "firstname", "Nachname": "lastname"}, id="beside both of them"
        ),
        pytest.param(["ФИО"], {"ФИО": "fullname_reversed"}, id="the family name first"),
        pytest.param(["Nachname, Vorname"], {"Nachname, Vorname": "fullname_reversed"}, id="as it says itself"),
    ],
)
def test_it_understands_columns_of_whole_names(headers: list[str], slugs: dict[str, str]) -> None:
    assert match_headers(headers).slugs == slugs


@pytest.mark.spec("EN-07")
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(["Benutzername", "Vorname", "Nachname", "E-Mail-Adresse"], id="German"),
        pytest.param(["Identifiant", "Prénom", "Nom", "Courriel"], id="French"),
        pytest.param(["Usuario", "Nombre", "Apellidos", "Correo electrónico"], id="Spanish"),
        pytest.param(["Nome utente", "Nome", "Cognome", "Posta elettronica"], id="Italian"),
        pytest.param(["Nome de usuário", "Nome", "Sobrenome", "Endereço de e-mail"], id="Portuguese"),
        pytest.param(["Gebruikersnaam", "Voornaam", "Achternaam", "E-mailadres"], id="Dutch"),
        pytest.param(["Nazwa użytkownika", "Imię", "Nazwisko", "Adres e-mail"], id="Polish"),
        pytest.param(["Uživatelské jméno", "Jméno", "Příjmení", "E-mailová adresa"], id="Czech"),
        pytest.param(["Användarnamn", "Förnamn", "Efternamn", "E-postadress"], id="Swedish"),
        pytest.param(["Käyttäjätunnus", "Etunimi", "Sukunimi", "Sähköposti"], id="Finnish"),
        pytest.param(["Kullanıcı adı", "Adı", "Soyadı", "E-posta"], id="Turkish"),
        pytest.param(["Felhasználónév", "Keresztnév", "Vezetéknév", "E-mail cím"], id="Hungarian"),
        pytest.param(["Имя пользователя", "Имя", "Фамилия", "Электронная почта"], id="Russian"),
        pytest.param(["Ім'я користувача", "Ім'я", "Прізвище", "Електронна пошта"], id="Ukrainian"),
        pytest.param(["用户名", "名字", "姓氏", "电子邮件"], id="Chinese"),
        pytest.param(["ユーザー名", "名", "姓", "メールアドレス"], id="Japanese"),
        pytest.param(["사용자 이름", "이름(명)", "성", "이메일"], id="Korean"),
        pytest.param(["اسم المستخدم", "الاسم الأول", "اسم العائلة", "البريد الإلكتروني"], id="Arabic"),
    ],
)
def test_it_understands_headers_in_many_languages(headers: list[str]) -> None:
    assert list(match_headers(headers).slugs.values()) == ["username", "firstname", "lastname", "email"]


def test_it_leaves_out_excluded_columns() -> None:
    match = match_headers(["username", "city", "colour"], left_out=["city", "colour"])

    assert match.slugs == {"username": "username"}
    assert match.flags.get_column("code").to_list() == ["column_left_out", "column_left_out"]


def test_a_person_can_map_a_header_to_a_field() -> None:
    match = match_headers(
        ["Kennung", "city", "colour", "Klasse"],
        reference=SCHOOL,
        overrides={"Kennung": "username", "colour": "First name", "Klasse": "course1", "city": "profile_field_grade"},
    )

    assert match.slugs == {
        "Kennung": "username",
        "city": "profile_field_grade",
        "colour": "firstname",
        "Klasse": "course1",
    }
    assert {(c.confidence, c.why) for c in match.columns} == {(1.0, "You mapped it.")}
    assert match.lessons == match.slugs


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        pytest.param(
            {"colour": "frist name"},
            "Column “colour” can't be mapped to “frist name”. No field has this name. The nearest is “firstname”.",
            id="an unknown field",
        ),
        pytest.param(
            {"colour": "password"},
            "Column “colour” can't be mapped to “password”. It holds passwords, which this import doesn't read.",
            id="a secret field",
        ),
        pytest.param(
            {"colour": "theme"},
            "Column “colour” can't be mapped to “theme”. It is recognised (theme) but belongs to another platform.",
            id="a field that is not handled",
        ),
        pytest.param({"colur": "firstname"}, "This file has no column “colur”.", id="an unknown header"),
        pytest.param(
            {"colour": "email"}, "Columns “Mail” (2) and “colour” (3) both mean email.", id="a field that is taken"
        ),
    ],
)
def test_it_refuses_a_mapping_that_cannot_be(overrides: dict[str, str], sentence: str) -> None:
    with pytest.raises(HeaderError) as refused:
        match_headers(["username", "Mail", "colour"], overrides=overrides)

    assert refused.value.message == sentence
    assert refused.value.hint


def test_it_refuses_two_headers_for_one_field() -> None:
    with pytest.raises(HeaderError, match=r"Columns “email” \(2\) and “E-Mail” \(3\) both mean email\."):
        match_headers(["username", "email", "E-Mail"])


def test_two_headers_for_one_field_are_fine_once_one_is_left_out() -> None:
    assert match_headers(["email", "E-Mail"], left_out=["email"]).slugs == {"E-Mail": "email"}


def test_it_knows_the_columns_that_were_left_out_of_the_table() -> None:
    assert match_headers(table("username", secrets=("password",)), left_out=["password"]).slugs == {
        "username": "username"
    }


@pytest.mark.parametrize("header", ["Password", "PASSWORT", "Mot de passe", "Initial passwords", "Pasword", "pwd"])
def test_it_takes_every_word_for_a_password_as_secret(header: str) -> None:
    assert is_secret(header)
    assert slug(header) is None


@pytest.mark.parametrize(
    "header",
    [
        "Initial password [passwordProfile] Required",
        "Password (must be changed at first login)",
        "Password [Required]",
        "Temporary password",
        "New password",
        "Last password",
        "Reset password",
        "Change password",
        "Password hash",
        "Passwort (läuft nie ab)",
    ],
)
def test_what_stands_beside_a_word_for_a_password_makes_it_no_less_secret(header: str) -> None:
    assert is_secret(header)


@pytest.mark.parametrize(
    "header",
    [
        "Change Password at Next Sign-In",
        "Password Hash Function [UPLOAD ONLY]",
        "Password last set",
        "PasswordLastSet",
        "PasswordNeverExpires",
        "PasswordExpired",
        "PasswordNotRequired",
        "CannotChangePassword",
        "LastBadPasswordAttempt",
        "AllowReversiblePasswordEncryption",
        "msDS-UserPasswordExpiryTimeComputed",
        "lastPasswordChangeDateTime",
        "forceChangePasswordNextSignIn",
        "passwordPolicies",
        "passwordChanged",
        "forcepasswordchange",
        "Must change password",
        "Force password change",
        "Password change required",
        "password_expiration_date",
        "Last password update",
        "Kennwort läuft nie ab",
        "Benutzer muss Kennwort bei der nächsten Anmeldung ändern",
        "Le mot de passe n'expire jamais",
        "La contraseña nunca caduca",
    ],
)
def test_what_is_said_about_a_password_is_no_password(header: str) -> None:
    assert not is_secret(header)
    assert slug(header) is None


@pytest.mark.parametrize("header", ["Passport", "passed", "profile_field_password_hint", "username", ""])
def test_it_takes_nothing_else_as_secret(header: str) -> None:
    assert not is_secret(header)


def test_no_word_means_two_fields() -> None:
    words = [
        (fold(word), field.slug)
        for field in FIELDS.values()
        for word in {fold(name) for name in (field.slug, field.label, *field.aliases)}
    ]

    assert [word for word, times in Counter(word for word, _ in words).items() if times > 1] == []


def test_it_knows_which_headers_mean_something_everywhere() -> None:
    assert [is_known(header) for header in ("Vorname", "auth", "password", "course3", "colour", "grade")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
