"""The words by which files say that a row is about a guardian or a bot: headers of roles, and values, by language.

Words are compared without case, accents, blanks and punctuation.
"""

from __future__ import annotations

from typing import Final

GUARDIAN: Final = "guardian"
BOT: Final = "bot"
LABELS: Final = {GUARDIAN: "parents or guardians", BOT: "bots or service accounts"}

# Headers of columns of roles, beside those of states; words around them, such as “user”, change nothing.
HEADERS: Final = (
    "role", "roles", "type", "types", "kind", "category", "persona", "primary role", "system role",
    "declared user type", "recipient type", "recipient type details", "mailbox type", "edu person affiliation",
    "user group", "rolle", "rollen", "typ", "art", "kategorie", "benutzertyp", "benutzerrolle", "nutzertyp",
    "nutzerrolle", "personentyp", "personenart", "personengruppe", "personenkreis", "kontotyp", "benutzergruppe",
    "rôle", "rôles", "profil", "catégorie", "rol", "tipo", "perfil", "categoría", "ruolo", "ruoli", "tipologia",
    "profilo", "categoria", "papel", "função", "soort", "rola", "rodzaj", "role uživatele", "roll", "rooli",
    "tyyppi", "szerepkör", "szerep", "típus", "tip", "uloga", "vloga", "tür", "роль", "тип", "категория",
    "категорія", "роля", "ρόλος", "τύπος", "תפקיד", "סוג", "الدور", "النوع", "نقش", "角色", "类型", "類型", "身份", "身分",
    "役割", "種別", "区分", "ロール", "역할", "유형", "구분", "vai trò", "loại", "peran", "jenis",
)  # fmt: skip

VALUES: Final = {
    GUARDIAN: (
        "parent", "parents", "guardian", "guardians", "legal guardian", "relative", "family member", "caregiver",
        "carer", "mother", "father", "mum", "mom", "dad", "grandparent", "stepparent", "step parent", "observer",
        "parent account", "eltern", "elternteil", "elternkonto", "erziehungsberechtigt", "erziehungsberechtigte",
        "erziehungsberechtigter", "sorgeberechtigte", "sorgeberechtigter", "mutter", "vater", "vormund",
        "parent d'élève", "parents d'élèves", "responsable légal", "représentant légal", "tuteur légal", "mère",
        "père", "padre", "madre", "padres", "padre de familia", "madre de familia", "padres de familia",
        "tutor legal", "acudiente", "apoderado", "apoderada", "representante legal", "familiar", "genitore",
        "genitori", "tutore legale", "encarregado de educação", "pai", "mãe", "pais", "responsável",
        "responsável legal", "pare", "mare", "ouder", "ouders", "voogd", "verzorger", "rodzic", "rodzice", "opiekun",
        "opiekun prawny", "rodič", "rodiče", "zákonný zástupce", "zákonný zástupca", "vårdnadshavare", "förälder",
        "forælder", "værge", "foresatt", "foresatte", "forelder", "huoltaja", "vanhempi", "szülő", "gondviselő",
        "părinte", "roditelj", "skrbnik", "starš", "starši", "lapsevanem", "vecāks", "tėvai", "globėjas", "veli",
        "родитель", "родители", "опекун", "законный представитель", "батьки", "один з батьків", "опікун",
        "законний представник", "родител", "настойник", "родитељ", "γονέας", "γονείς", "κηδεμόνας", "הורה",
        "ولي أمر", "ولي الأمر", "والدین", "家长", "家長", "监护人", "監護人", "保護者", "학부모", "보호자", "phụ huynh", "orang tua",
        "wali murid",
    ),
    BOT: (
        "bot", "bots", "robot", "chatbot", "bot user", "app user", "service account", "system account",
        "machine account", "technical account", "functional account", "shared mailbox", "room mailbox",
        "equipment mailbox", "scheduling mailbox", "discovery mailbox", "integration user", "api user",
        "servicekonto", "dienstkonto", "systemkonto", "technisches konto", "funktionskonto", "funktionspostfach",
        "compte de service", "compte technique", "cuenta de servicio", "conta de serviço", "account di servizio",
        "serviceaccount", "konto serwisowe", "сервисный аккаунт", "бот", "ボット", "机器人", "機器人", "봇",
    ),
}  # fmt: skip
