"""Headers that name another person or a second address: “Parent Email”, “Notfallkontakt”, “Recovery Phone”.

The cells below them are never guessed to be the person's own.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from .words import fold

# By language; compared without case and accents, as a word of the header or the beginning of one.
_WORDS: Final = (
    # en
    "parent parents father mother mum mom dad guardian guardians carer caregiver custodian spouse partner husband wife "
    "manager managers supervisor boss emergency kin sponsor advisor adviser mentor counselor counsellor approver "
    "assistant delegate referee billing invoice alternate alternative alternat alt secondary second 2nd additional other "
    "teacher teachers homeroom coach recruiter creator owner requester requestor referrer reviewer nominator delegated "
    "others recovery backup forwarding forward previous old former relative contact2 sibling",
    # de, nl
    "eltern elternteil mutter vater erziehungsberechtigt erziehungsberechtigte sorgeberechtigt vorgesetzte vorgesetzter "
    "notfall alternativ alternative zweit zweite zweiter zusätzlich zusätzliche weitere ersatz wiederherstellung betreuer "
    "vormund klassenlehrer klassenlehrerin klassenlehrkraft klassenleitung lehrer lehrerin lehrkraft ansprechpartner ausbilder ersteller ehepartner ehemann ehefrau rechnung ouder ouders vader moeder voogd verzorger nood noodgeval noodcontact "
    "leidinggevende alternatief tweede herstel secundair extra",
    # fr, es, it, pt, ca, ro
    "père mère parents tuteur tutrice responsable urgence conjoint conjointe secondaire secours récupération autre "
    "supérieur ancien ancienne padre madre padres tutor tutora apoderado acudiente emergencia jefe secundario secundaria "
    "professeur enseignant profesor profesora docente maestro insegnante professor professora créateur creador creato "
    "alternativo alternativa recuperación otro adicional antiguo encargado cónyuge genitore genitori tutore emergenza "
    "responsabile secondario secondaria recupero altro superiore coniuge pai mãe pais encarregado responsável emergência "
    "chefe gestor secundário secundária recuperação outro cônjuge pare mare pares emergència părinte părinți mama tata "
    "urgență secundar alternativ",
    # sv, da, nb, fi
    "förälder föräldrar vårdnadshavare målsman chef nödkontakt sekundär forælder forældre værge leder nødkontakt sekundær "
    "foresatt foresatte forelder huoltaja huoltajan vanhempi vanhemman äiti isä esimies hätä hätäyhteys toissijainen "
    "vaihtoehtoinen",
    # pl, cs, sk, hu, hr, sl, tr
    "rodzic rodzica rodziców rodzice ojciec ojca matka matki opiekun opiekuna przełożony przełożonego awaryjny "
    "alternatywny dodatkowy zapasowy drugi rodič rodiče rodičů otec otce matky zástupce nadřízený nouzový alternativní "
    "druhý záložní zástupca nadriadený núdzový szülő szülők anya apa gondviselő felettes vészhelyzeti másodlagos "
    "alternatív roditelj roditelja majka otac skrbnik starš starši veli anne baba vasi acil yönetici ikincil yedek alternatif",
    # ru, uk, bg, sr, el
    "родитель родителя родители родителей мать матери отец отца мама папа опекун опекуна руководитель руководителя "
    "начальник экстренный резервный резервная дополнительный дополнительная альтернативный альтернативная запасной второй "
    "батьки батьків мати матері батько батька опікун опікуна керівник керівника додаткова додатковий додаткове резервна "
    "альтернативна запасна родител майка баща настойник γονέας γονέα γονείς κηδεμόνας κηδεμόνα μητέρα πατέρας "
    "προϊστάμενος εκτακτης δευτερεύον εναλλακτικό",
    # he, ar, fa, hi, vi, id
    "הורה הורים אפוטרופוס מנהל חירום חלופי ولي الأب الأم الوصي المدير الطوارئ بديل ثانوي والدین अभिभावक माता पिता "
    "phuhuynh khẩn darurat wali ayah ibu",
)  # fmt: skip
# Written without blanks, so found anywhere.
_ANYWHERE: Final = [
    "家长",
    "家長",
    "父亲",
    "母亲",
    "父親",
    "母親",
    "父母",
    "监护人",
    "監護人",
    "紧急",
    "緊急",
    "上级",
    "主管",
    "备用",
    "備用",
    "辅助",
    "保護者",
    "上司",
    "予備",
    "代替",
    "보호자",
    "학부모",
    "부모",
    "비상",
    "상사",
    "대체",
    "보조",
    "phụhuynh",
    "khẩncấp",
    "orangtua",
]
# “Added by”, “Erstellt von”: after these the header is about somebody who did something.
_DOERS: Final = frozenset({"by", "par", "por", "durch", "von", "door", "przez", "кем"})
# A shorter word is part of too many others.
_SHORTEST: Final = 5
_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def is_of_another(header: str) -> bool:
    """Whether a header names another person, or another address than the person's usual one."""
    words = [fold(word) for word in _WORD.findall(_HUMP.sub(" ", header))]
    name = fold(header)
    return (
        any(word in _DOERS for word in words[1:])
        or any(word in _known() or word.startswith(_long()) for word in words)
        or any(word in name for word in map(fold, _ANYWHERE))
    )  # fmt: skip


@cache
def _known() -> frozenset[str]:
    return frozenset(fold(word) for line in _WORDS for word in line.split())


@cache
def _long() -> tuple[str, ...]:
    return tuple(word for word in _known() if len(word) >= _SHORTEST)
