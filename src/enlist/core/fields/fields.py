"""Every field that an import recognises: its kind, its limit and the headers people use for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How a column's cells are cleaned and checked (`clean/` has one column function per kind)."""

    USERNAME = "username"
    NAME = "name"
    FULL_NAME = "full name"
    EMAIL = "email"
    TEXT = "text"
    LONG_TEXT = "long text"
    PHONE = "phone"
    WEB_ADDRESS = "web address"
    DATE = "date of a field"
    COUNTRY = "country"
    REGION = "region"
    LANGUAGE = "language"
    TIMEZONE = "time zone"
    SITE_ROLE = "site role"
    PASSWORD = "password"
    CHOICE = "choice"
    BOOLEAN = "yes or no"
    ACTION = "action"
    STATE = "account status"
    COURSE = "course"
    ROLE = "role"
    TYPE = "type"
    GROUP = "group"
    PERIOD = "days"
    START = "date"
    STATUS = "status of an enrolment"
    OPTION = "one of a few numbers"
    SIGN_IN = "way to sign in"
    TAGS = "tags"
    GROUPS = "groups"


@dataclass(frozen=True)
class Field:
    """A field: its slug, label, kind, greatest length in characters, and the headers that mean it.

    Values of a secret field never enter a Table. options: the allowed values of the kind OPTION.
    """

    slug: str
    label: str
    kind: Kind
    max_length: int = 255
    aliases: tuple[str, ...] = ()
    secret: bool = False
    options: tuple[str, ...] = ()


# Lengths: spec/moodle-upload.md §1.2. Aliases are compared without case, accents, blanks, hyphens and underscores. They
# are in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Nordic, Turkish, Russian, Chinese
# and Japanese; for names and addresses also in Hungarian, Romanian, Ukrainian, Greek, Hebrew, Arabic and Korean.
PERSON_FIELDS: Final = (
    Field("username", "username", Kind.USERNAME, 100, (
        "login", "login name", "log in", "account name", "benutzername", "benutzer",
        "anmeldename", "kennung", "benutzerkennung", "nom d'utilisateur", "identifiant", "usuario", "nombre de usuario",
        "nome utente", "utente", "nome de usuário", "nome de utilizador", "utilizador", "gebruikersnaam", "gebruiker",
        "nazwa użytkownika", "uživatelské jméno", "användarnamn", "brukernavn", "brugernavn", "käyttäjätunnus",
        "kullanıcı adı", "felhasználónév", "nume de utilizator", "имя пользователя", "логин", "ім'я користувача",
        "όνομα χρήστη", "שם משתמש", "اسم المستخدم", "用户名", "ユーザー名", "사용자 이름", "아이디")),
    Field("firstname", "first name", Kind.NAME, 100, (
        "given name", "given names", "forename", "first", "vorname", "vornamen", "rufname", "prénom", "prénoms", "nombre",
        "nombres", "nome", "nome próprio", "voornaam", "imię", "jméno", "křestní jméno", "förnamn", "fornavn", "etunimi",
        "ad", "adı", "keresztnév", "utónév", "prenume", "имя", "ім'я", "όνομα", "שם פרטי", "الاسم الأول", "名", "名字", "이름(명)")),
    Field("lastname", "last name", Kind.NAME, 100, (
        "surname", "family name", "last", "nachname", "familienname", "zuname", "nom", "nom de famille", "apellido",
        "apellidos", "cognome", "apelido", "sobrenome", "achternaam", "nazwisko", "příjmení", "efternamn", "etternavn",
        "efternavn", "sukunimi", "soyad", "soyadı", "vezetéknév", "családnév", "nume de familie", "фамилия", "прізвище",
        "επώνυμο", "שם משפחה", "اسم العائلة", "姓", "姓氏", "성")),
    Field("email", "e-mail", Kind.EMAIL, 100, (
        "mail", "email address", "e-mail address", "mail address", "e-mail-adresse", "mailadresse", "adresse e-mail",
        "adresse mail", "courriel", "correo", "correo electrónico", "dirección de correo", "posta elettronica",
        "indirizzo e-mail", "correio eletrónico", "endereço de e-mail", "e-mailadres", "adres e-mail", "e-mailová adresa",
        "e-postadress", "e-post", "epost", "e-postadresse", "sähköposti", "e-posta", "электронная почта",
        "адрес электронной почты", "почта", "e-mail cím", "adresă de e-mail", "електронна пошта", "ηλεκτρονικό ταχυδρομείο",
        "דואר אלקטרוני", "البريد الإلكتروني", "电子邮件", "邮箱", "メールアドレス", "이메일")),
    Field("idnumber", "ID number", Kind.TEXT, 255, (
        "student id", "student number", "student no", "employee id", "employee number", "personnel number", "id no",
        "external id", "sis id", "matrikelnummer", "matrikelnr", "personalnummer", "schülernummer", "numéro étudiant",
        "numéro d'étudiant", "matricule", "número de estudiante", "número de matrícula", "matrícula", "matricola",
        "studentnummer", "leerlingnummer", "personeelsnummer", "numer albumu", "osobní číslo", "öğrenci numarası",
        "номер студента", "学号", "学籍番号")),
    Field("institution", "institution", Kind.TEXT, 255, (
        "school", "organisation", "organization", "company", "university", "schule", "hochschule", "firma", "unternehmen",
        "école", "établissement", "entreprise", "institución", "escuela", "empresa", "istituzione", "scuola", "azienda",
        "instituição", "escola", "instelling", "bedrijf", "instytucja", "szkoła", "instituce", "škola", "institusjon",
        "skola", "skole", "koulu", "kurum", "okul", "организация", "учреждение", "学校", "所属")),
    Field("department", "department", Kind.TEXT, 255, (
        "dept", "division", "faculty", "unit", "abteilung", "fachbereich", "fakultät", "département", "service",
        "faculté", "departamento", "facultad", "dipartimento", "facoltà", "faculdade", "afdeling", "faculteit", "wydział",
        "dział", "oddělení", "fakulta", "avdelning", "avdeling", "osasto", "bölüm", "отдел", "факультет", "部门", "部署")),
    Field("city", "city", Kind.TEXT, 120, (
        "town", "city/town", "place", "ort", "wohnort", "stadt", "ville", "ciudad", "localidad", "città", "cidade",
        "plaats", "woonplaats", "stad", "miasto", "město", "ort/stadt", "kaupunki", "şehir", "город", "城市", "市")),
    Field("country", "country", Kind.COUNTRY, 2, (
        "country code", "nation", "land", "länderkürzel", "staat", "pays", "país", "paese", "kraj", "země", "maa", "ülke",
        "страна", "国家", "国")),
    Field("lang", "language", Kind.LANGUAGE, 30, (
        "preferred language", "language code", "sprache", "langue", "idioma", "lingua", "língua", "taal", "język", "jazyk",
        "språk", "sprog", "kieli", "dil", "язык", "语言", "言語")),
    Field("timezone", "time zone", Kind.TIMEZONE, 100, (
        "tz", "zeitzone", "fuseau horaire", "zona horaria", "fuso orario", "fuso horário", "tijdzone", "strefa czasowa",
        "časové pásmo", "tidszon", "tidssone", "tidszone", "aikavyöhyke", "saat dilimi", "часовой пояс", "时区")),
    Field("phone1", "phone", Kind.PHONE, 20, (
        "telephone", "tel", "phone number", "telephone number", "phone 1", "telefon", "telefonnummer", "téléphone",
        "numéro de téléphone", "teléfono", "telefono", "telefone", "telefoon", "telefoonnummer", "telefonní číslo",
        "puhelin", "телефон", "电话", "電話番号")),
    Field("phone2", "mobile phone", Kind.PHONE, 20, (
        "mobile", "mobile number", "cell", "cell phone", "phone 2", "handy", "handynummer", "mobil", "mobiltelefon",
        "mobilnummer", "portable", "téléphone portable", "móvil", "celular", "cellulare", "telemóvel", "mobiel",
        "telefon komórkowy", "cep telefonu", "мобильный телефон", "手机", "携帯電話")),
    Field("address", "address", Kind.TEXT, 255, (
        "street", "street address", "postal address", "adresse", "anschrift", "straße", "adresse postale", "dirección",
        "domicilio", "indirizzo", "endereço", "adres", "adresa", "adress", "osoite", "адрес", "地址", "住所")),
    Field("url", "web page", Kind.WEB_ADDRESS, 255, (
        "website", "web site", "web address", "homepage", "webseite", "site web", "página web", "sito web", "strona www")),
    Field("description", "description", Kind.LONG_TEXT, 10_000, (
        "about", "about me", "bio", "biography", "beschreibung", "descripción", "descrizione", "descrição",
        "beschrijving", "opis", "popis", "beskrivning", "beskrivelse", "kuvaus", "açıklama", "описание", "描述")),
)  # fmt: skip

SITE_ROLE: Final = Field("site_role", "role on the site", Kind.SITE_ROLE, 20, ("role", "site role", "user type"))
PASSWORD: Final = Field("password", "password", Kind.PASSWORD, 4096, (
    "pwd", "pass", "initial password", "passwort", "kennwort", "mot de passe", "contraseña", "clave", "parola d'ordine",
    "senha", "palavra-passe", "wachtwoord", "hasło", "heslo", "lösenord", "passord", "adgangskode", "salasana", "parola",
    "şifre", "пароль", "密码", "パスワード"), secret=True)  # fmt: skip

# Operations that a row asks for; a value that is neither yes nor no fails the row (EC-06, EC-07, §5.3–5.6).
OPERATION_FIELDS: Final = (
    Field("deleted", "deleted", Kind.ACTION, 20, ("delete", "gelöscht", "supprimé", "eliminado", "eliminato")),
    Field("suspended", "suspended", Kind.ACTION, 20, ("suspend", "gesperrt", "suspendu", "suspendido", "sospeso")),
    Field(
        "oldusername",
        "old username",
        Kind.USERNAME,
        100,
        ("former username", "previous username", "alter benutzername"),
    ),
)

# The words that mean it are in `account_states`.
STATE: Final = Field("state", "account status", Kind.STATE, 50)

# Groups across courses, several in a cell; `Policy.group_column` says what it does.
GROUPS: Final = Field("groups", "groups", Kind.GROUPS, 4096, (
    "group", "group names", "gruppe", "gruppen", "groupe", "groupes", "grupo", "grupos", "gruppo", "gruppi", "groep",
    "groepen", "grupa", "grupy", "skupina", "skupiny", "grupp", "grupper", "ryhmä", "ryhmät", "grup", "gruplar", "группа",
    "группы", "група", "групи", "csoport", "csoportok", "ομάδα", "ομάδες", "グループ", "小组"))  # fmt: skip

# From this day on, a person is inactive; `Policy.leaving_dates` says whether it counts.
LEAVES_ON: Final = Field("leaves_on", "leaving date", Kind.DATE, 50, (
    "date of leaving", "leave date", "leaving on", "leaver date", "last day", "departure date", "date of departure", "exit date",
    "austritt am", "austrittstermin", "letzter tag", "verlässt uns am", "abgangsdatum", "date de départ", "date de sortie",
    "dernier jour", "fecha de salida", "fecha de baja", "último día", "data di uscita", "ultimo giorno", "data de saída",
    "último dia", "datum uit dienst", "vertrekdatum", "laatste dag", "data odejścia", "datum odchodu", "slutdatum", "sluttdato",
    "fratrædelsesdato", "lähtöpäivä", "ayrılış tarihi", "дата ухода", "дата увольнения", "дата звільнення", "离职日期",
    "退職日", "퇴사일"))  # fmt: skip

# One column for both names; in the second the family name comes first.
FULL_NAMES: Final = (
    Field("fullname", "full name", Kind.FULL_NAME, 255, (
        "name", "complete name", "display name", "first and last name", "first name last name", "first name and last name",
        "vollständiger name", "voller name", "vor- und nachname", "vorname nachname", "vorname und nachname", "nom complet",
        "prénom et nom", "prénom nom", "nombre completo", "nombre y apellidos", "nombre y apellido", "nome completo",
        "nome e cognome", "nome cognome", "volledige naam", "naam", "voornaam en achternaam", "imię i nazwisko", "celé jméno",
        "jméno a příjmení", "fullständigt namn", "namn", "för- och efternamn", "fullt navn", "navn", "fulde navn",
        "koko nimi", "nimi", "ad soyad", "adı soyadı", "имя и фамилия", "полное имя", "full names", "nume complet",
        "ονοματεπώνυμο", "שם מלא", "الاسم الكامل", "이름", "성명")),
    Field("fullname_reversed", "full name, family name first", Kind.FULL_NAME, 255, (
        "last name first name", "last name, first name", "last, first", "surname, first name", "surname and name",
        "nachname vorname", "nachname, vorname", "name, vorname", "name vorname", "nom et prénom", "nom prénom", "nom, prénom",
        "apellidos y nombre", "apellidos, nombre", "apellidos nombre", "cognome e nome", "cognome nome", "nazwisko i imię",
        "příjmení a jméno", "příjmení jméno", "фио", "фамилия имя отчество", "фамилия и имя", "фамилия имя", "піб",
        "teljes név", "név", "sukunimi etunimi", "soyadı adı", "姓名", "氏名", "お名前")),
)  # fmt: skip

# Fields that no page shows: stored as the file has them, and exported again (D15, EC-03, EC-25).
HIDDEN_FIELDS: Final = (
    Field("auth", "sign-in method", Kind.SIGN_IN, 20),
    Field("maildisplay", "who sees the e-mail address", Kind.OPTION, options=("0", "1", "2")),
    Field("mailformat", "format of e-mails", Kind.OPTION, options=("0", "1")),
    Field("maildigest", "e-mail digest", Kind.OPTION, options=("0", "1", "2")),
    Field("autosubscribe", "forum subscription", Kind.BOOLEAN),
    Field("emailstop", "e-mail switched off", Kind.BOOLEAN),
    Field("htmleditor", "text editor", Kind.TEXT),
    Field("ajax", "dynamic pages", Kind.TEXT),
    Field("icq", "ICQ", Kind.TEXT),
    Field("skype", "Skype", Kind.TEXT),
    Field("yahoo", "Yahoo", Kind.TEXT),
    Field("aim", "AIM", Kind.TEXT),
    Field("msn", "MSN", Kind.TEXT),
    Field("middlename", "middle name", Kind.TEXT),
    Field("alternatename", "alternate name", Kind.TEXT),
    Field("firstnamephonetic", "phonetic first name", Kind.TEXT),
    Field("lastnamephonetic", "phonetic last name", Kind.TEXT),
    Field("descriptionformat", "format of the description", Kind.OPTION, options=("0", "1", "2", "4")),
    Field("interests", "interests", Kind.TAGS, 4096),
)
# What sysroleN adds to and removes from: short names of system roles, in order, separated by commas.
SYSTEM_ROLES: Final = "sysroles"
HIDDEN_SLUGS: Final = (*(f.slug for f in HIDDEN_FIELDS), SYSTEM_ROLES)
# These follow their cells whatever `update_details` says (spec/moodle-upload.md §1.2, §1.3).
ALWAYS_FOLLOW: Final = ("interests", SYSTEM_ROLES)
# Sign-in methods. Passwords of the first group are stored here, those of the second elsewhere (§2.4).
OWN_SIGN_IN: Final = ("manual", "nologin", "email", "none")
OTHER_SIGN_IN: Final = (
    "cas", "db", "fc", "imap", "ldap", "lti", "mnet", "nntp", "oauth2", "pam", "pop3", "radius", "saml2", "shibboleth",
    "webservice",
)  # fmt: skip
SIGN_INS: Final = (*OWN_SIGN_IN, *OTHER_SIGN_IN)

# courseN, roleN, typeN, groupN, enrolperiodN, …: N is text, so course01 pairs with role01 only (EC-09…EC-12).
FAMILIES: Final = {
    "course": Kind.COURSE, "role": Kind.ROLE, "type": Kind.TYPE, "group": Kind.GROUP,
    "enrolperiod": Kind.PERIOD, "enroltimestart": Kind.START, "enrolstatus": Kind.STATUS,
}  # fmt: skip
# cohortN and sysroleN: numbered, but not part of a course.
WITHOUT_COURSE: Final = {"cohort": Kind.GROUP, "sysrole": Kind.ROLE}
PROFILE_PREFIX: Final = "profile_field_"
# Common headers without a number → the first of the family.
FIRST_ALIASES: Final = {
    "course1": (
        "course", "courses", "course name", "course code", "course short name", "kurs", "kurse", "kursname", "cours", "curso",
        "cursos", "corso", "corsi", "disciplina", "cursus", "vak", "przedmiot", "kurz", "kurzy", "předmět", "kursus", "kurser",
        "kurssi", "ders", "dersler", "курс", "курсы", "предмет", "курси", "curs", "cursuri", "μάθημα", "tanfolyam", "tantárgy",
        "kursas", "tečaj", "קורס", "المقرر", "دورة", "コース", "科目", "课程", "課程", "강좌", "과목", "khóa học", "კურსი"),
    "cohort1": (
        "cohort", "cohorts", "kohorte", "kohorten", "cohorte", "cohortes", "coorte", "coorti", "kohorta", "kohort", "kohortti",
        "когорта", "コーホート", "群组", "קבוצה מוסדית"),
}  # fmt: skip
# Kinds of profile fields; a value of "choices" is several options, in their order, separated by semicolons.
PROFILE_KINDS: Final = (
    "text", "choice", "choices", "boolean", "date", "number", "email", "phone", "url", "country", "region", "language",
    "time_zone",
)  # fmt: skip

PERSON_SLUGS: Final = tuple(f.slug for f in PERSON_FIELDS)
FIELDS: Final = {
    f.slug: f
    for f in (
        *PERSON_FIELDS,
        SITE_ROLE,
        PASSWORD,
        *OPERATION_FIELDS,
        STATE,
        GROUPS,
        LEAVES_ON,
        *FULL_NAMES,
        *HIDDEN_FIELDS,
    )
}

# Lowest first. Administrators (policy field `administrators`) are admin and owner.
SITE_ROLES: Final = ("learner", "parent", "instructor", "viewer", "vendor_manager", "manager", "admin", "owner")
ADMINISTRATORS: Final = ("admin", "owner")
# People can have several of these, besides one of the others at most, which all rank above them.
COMMON_ROLES: Final = SITE_ROLES[:3]
# What the other person of a link is to a learner.
LINK_KINDS: Final = ("parent", "instructor")
STATES: Final = ("active", "inactive", "removed")
