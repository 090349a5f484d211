"""Our words for columns: every field an import knows, its kind, its limit and the headers people give it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How a column's cells are cleaned and checked (`clean/` has one column function per kind)."""

    USERNAME = "username"
    NAME = "name"
    EMAIL = "email"
    TEXT = "text"
    LONG_TEXT = "long text"
    PHONE = "phone"
    COUNTRY = "country"
    LANGUAGE = "language"
    TIMEZONE = "time zone"
    SITE_ROLE = "site role"
    PASSWORD = "password"
    CHOICE = "choice"
    COURSE = "course"
    ROLE = "role"
    TYPE = "type"
    GROUP = "group"


@dataclass(frozen=True)
class Field:
    """A field: its slug (our name), label, kind, greatest length in characters, and headers that mean it.

    A secret field's values never enter a Table.
    """

    slug: str
    label: str
    kind: Kind
    max_length: int = 255
    aliases: tuple[str, ...] = ()
    secret: bool = False


# Lengths: spec/moodle-upload.md §1.2. Aliases are compared without case, blanks, dashes and underscores.
PERSON_FIELDS: Final = (
    Field("username", "username", Kind.USERNAME, 100, ("login", "user name", "user", "user id", "account", "benutzername",
          "nom d'utilisateur", "identifiant", "usuario", "nombre de usuario", "gebruikersnaam", "nome utente")),
    Field("firstname", "first name", Kind.NAME, 100, ("given name", "forename", "first", "vorname", "prénom", "prenom",
          "nombre", "voornaam", "nome", "etunimi", "imię", "förnamn")),
    Field("lastname", "last name", Kind.NAME, 100, ("surname", "family name", "last", "nachname", "familienname", "nom",
          "nom de famille", "apellido", "apellidos", "achternaam", "cognome", "sukunimi", "nazwisko", "efternamn")),
    Field("email", "e-mail", Kind.EMAIL, 100, ("e-mail", "mail", "email address", "e-mail address", "mail address",
          "e-mail-adresse", "adresse e-mail", "courriel", "correo", "correo electrónico", "e-mailadres", "sähköposti")),
    Field("idnumber", "ID number", Kind.TEXT, 255, ("student id", "student number", "employee id", "personnel number",
          "matrikelnummer", "id no", "external id", "sis id")),
    Field("institution", "institution", Kind.TEXT, 255, ("school", "organisation", "organization", "company", "schule")),
    Field("department", "department", Kind.TEXT, 255, ("dept", "division", "abteilung", "faculty", "département")),
    Field("city", "city", Kind.TEXT, 120, ("town", "ort", "stadt", "ville", "ciudad", "plaats")),
    Field("country", "country", Kind.COUNTRY, 2, ("country code", "nation", "land", "pays", "país")),
    Field("lang", "language", Kind.LANGUAGE, 30, ("language", "sprache", "langue", "idioma", "taal", "preferred language")),
    Field("timezone", "time zone", Kind.TIMEZONE, 100, ("time zone", "tz", "zeitzone", "fuseau horaire")),
    Field("phone1", "phone", Kind.PHONE, 20, ("phone", "telephone", "tel", "telefon", "téléphone", "phone number")),
    Field("phone2", "mobile phone", Kind.PHONE, 20, ("mobile", "mobile phone", "cell", "cell phone", "handy")),
    Field("address", "address", Kind.TEXT, 255, ("street", "street address", "adresse", "anschrift", "dirección")),
    Field("url", "web page", Kind.TEXT, 255, ("website", "web page", "homepage")),
    Field("description", "description", Kind.LONG_TEXT, 10_000, ("about", "bio", "beschreibung")),
)  # fmt: skip

SITE_ROLE: Final = Field("site_role", "role on the site", Kind.SITE_ROLE, 20, ("role", "site role", "user type"))
PASSWORD: Final = Field("password", "password", Kind.PASSWORD, 4096, ("passwort", "kennwort", "mot de passe", "contraseña",
                        "wachtwoord", "pwd", "pass", "initial password"), secret=True)  # fmt: skip

# courseN, roleN, typeN, groupN: N is text, so course01 pairs with role01 only (EC-09…EC-12).
FAMILIES: Final = {"course": Kind.COURSE, "role": Kind.ROLE, "type": Kind.TYPE, "group": Kind.GROUP}
PROFILE_PREFIX: Final = "profile_field_"

PERSON_SLUGS: Final = tuple(f.slug for f in PERSON_FIELDS)
FIELDS: Final = {f.slug: f for f in (*PERSON_FIELDS, SITE_ROLE, PASSWORD)}

# Highest last. Administrators (policy field `administrators`) are admin and owner.
SITE_ROLES: Final = ("learner", "parent", "instructor", "viewer", "manager", "admin", "owner")
ADMINISTRATORS: Final = ("admin", "owner")
STATES: Final = ("active", "inactive", "removed")
