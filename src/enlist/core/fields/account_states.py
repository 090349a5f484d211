"""The words by which files say whether an account is on: headers, values and what they are about, by language.

Words are compared without case, accents, blanks and punctuation. A header also matches with words of ABOUT around it:
“Account status”, “Status des Kontos”, “is_active”. Later systems' words belong here, never into code.
"""

from __future__ import annotations

from typing import Final

ACTIVE: Final = "active"
INACTIVE: Final = "inactive"
LEFT: Final = "left"

# Values, and headers of columns of yes and no: yes means this state.
WORDS: Final = {
    ACTIVE: (
        # en, de, fr, es, it, pt, ca
        "active, enabled, activated, reactivated, unblocked, unsuspended, valid", "aktiv, aktive, aktiver, aktiviert, freigeschaltet, freigegeben, "
        "entsperrt, gültig", "actif, active, activé, activée, valide, débloqué", "activo, activa, activado, activada, habilitado, habilitada, vigente, alta",
        "attivo, attiva, attivato, attivata, abilitato, abilitata", "ativo, ativa, ativado, ativada", "actiu, activat, habilitat",
        # nl, sv, da, nb, fi, et, is
        "actief, actieve, geactiveerd, ingeschakeld", "aktiverad, aktiverat", "aktiveret, aktivt", "aktivert", "aktiivinen, käytössä, aktivoitu", "aktiivne", "virkur",
        # pl, cs, sk, hu, ro, hr, sl, lt, lv
        "aktywny, aktywna, aktywne, włączony, włączone, odblokowany", "aktivní, povolený, povoleno, zapnuto", "aktívny, aktívna, povolený, povolené", "aktív, engedélyezett, engedélyezve",
        "activ, activă, activat, activată", "aktivan, aktivna, aktivno, omogućen, omogućeno", "aktiven, omogočen", "aktyvus, aktyvi, įjungtas", "aktīvs, aktīva, iespējots",
        # tr, el, ru, uk, bg, sr
        "etkin, etkinleştirildi, açık", "ενεργός, ενεργή, ενεργό, ενεργοποιημένος, ενεργοποιημένο", "активен, активна, активный, активная, активно, включен, включена, действующий, разблокирован",
        "активний, увімкнено, увімкнений, чинний", "активиран, активирана, разрешен", "активан, активно, омогућен",
        # he, ar, fa, hi, th, vi, id, zh, ja, ko
        "פעיל, פעילה, מופעל", "نشط, نشطة, مفعل, مفعّل, فعال", "فعال", "सक्रिय", "ใช้งาน, เปิดใช้งาน", "hoạt động, đang hoạt động, kích hoạt", "aktif, diaktifkan",
        "活跃, 启用, 已启用, 激活, 已激活, 正常, 有效, 啟用, 已啟用, 有效", "有効, 有効化, アクティブ, 利用中, 在籍", "활성, 활성화, 활성화됨, 사용, 재직, 재학",
    ),
    INACTIVE: (
        "inactive, disabled, deactivated, suspended, blocked, banned, locked, locked out, not active, not enabled, non active, deprovisioned, revoked, frozen, paused, "
        "expired, cancelled, canceled, invalid, block, disable, deactivate, lock, ban, account expired, block credential, blocked credential, ns account lock, login disabled, no login",
        "inaktiv, inaktive, deaktiviert, gesperrt, gesperrte, blockiert, stillgelegt, nicht aktiv, ungültig, abgelaufen, sperre, ruhend",
        "inactif, inactive, désactivé, désactivée, bloqué, bloquée, suspendu, suspendue, non actif, verrouillé, verrouillée, expiré, invalide",
        "inactivo, inactiva, desactivado, desactivada, deshabilitado, deshabilitada, inhabilitado, bloqueado, bloqueada, suspendido, suspendida, no activo, caducado",
        "inattivo, inattiva, disattivato, disattivata, disabilitato, disabilitata, bloccato, bloccata, sospeso, sospesa, non attivo, scaduto",
        "inativo, inativa, desativado, desativada, suspenso, suspensa, desabilitado, não ativo, expirado", "inactiu, desactivat, bloquejat, suspès, deshabilitat",
        "inactief, inactieve, gedeactiveerd, uitgeschakeld, geblokkeerd, geschorst, niet actief, verlopen", "avaktiverad, avaktiverat, inaktiverad, inaktiverat, spärrad, blockerad, avstängd, inte aktiv",
        "deaktiveret, inaktivt, spærret, blokeret, suspenderet, ikke aktiv", "deaktivert, sperret, blokkert, suspendert", "ei aktiivinen, passiivinen, poistettu käytöstä, estetty, lukittu, suljettu",
        "mitteaktiivne", "óvirkur",
        "nieaktywny, nieaktywna, nieaktywne, wyłączony, wyłączone, zablokowany, zablokowana, zawieszony, zawieszona, dezaktywowany", "neaktivní, zakázaný, zakázáno, blokovaný, zablokovaný, deaktivovaný, pozastavený, vypnuto",
        "neaktívny, neaktívna, zakázaný, zablokovaný, deaktivovaný, pozastavený", "inaktív, letiltva, letiltott, felfüggesztett, felfüggesztve, zárolt, nem aktív",
        "inactiv, inactivă, dezactivat, dezactivată, blocat, blocată, suspendat, suspendată", "neaktivan, neaktivna, neaktivno, onemogućen, blokiran, deaktiviran, suspendiran",
        "neaktiven, onemogočen, blokiran", "neaktyvus, neaktyvi, išjungtas, užblokuotas", "neaktīvs, neaktīva, atspējots, bloķēts",
        "pasif, devre dışı, engelli, engellendi, askıda, askıya alındı, bloke, kilitli, etkin değil, kapalı", "ανενεργός, ανενεργή, ανενεργό, απενεργοποιημένος, αποκλεισμένος, κλειδωμένος, σε αναστολή",
        "неактивен, неактивна, неактивный, неактивная, не активен, отключен, отключён, отключена, заблокирован, заблокирована, заблокировано, блокирован, приостановлен, деактивирован, выключен",
        "неактивний, не активний, вимкнено, вимкнений, заблоковано, заблокований, деактивовано, деактивований, призупинено", "деактивиран, блокиран, забранен", "неактиван, онемогућен",
        "לא פעיל, לא פעילה, מושבת, חסום, חסומה, מושעה", "غير نشط, غير نشطة, معطل, معطّل, محظور, موقوف, غير مفعل", "غیرفعال, مسدود", "निष्क्रिय, अवरुद्ध",
        "ไม่ใช้งาน, ปิดใช้งาน, ระงับ", "không hoạt động, bị khóa, đã khóa, vô hiệu, vô hiệu hóa, tạm ngưng", "nonaktif, tidak aktif, dinonaktifkan, diblokir, ditangguhkan",
        "禁用, 已禁用, 停用, 已停用, 冻结, 已冻结, 锁定, 封禁, 未激活, 未启用, 不活跃, 无效, 凍結, 鎖定, 未啟用", "無効, 停止, 利用停止, 凍結, ロック, 休止, 休学, 非アクティブ", "비활성, 비활성화, 비활성화됨, 정지, 차단, 차단됨, 잠김, 휴직, 휴학",
    ),
    LEFT: (
        "deleted, to be deleted, archived, former, terminated, withdrawn, graduated, left, gone, resigned, retired, dismissed, exited, departed, transferred out, removed, purged, dropped, alumni, "
        "alumnus, former member, former employee, former student, ex employee, no longer employed, no longer active, pending deletion",
        "gelöscht, archiviert, ehemalig, ehemalige, ehemaliger, ausgeschieden, ausgetreten, abgemeldet, entlassen, abgegangen, gekündigt, exmatrikuliert",
        "supprimé, supprimée, archivé, archivée, ancien, ancienne, parti, partie, démissionné, diplômé, diplômée, radié, radiée, licencié", "eliminado, eliminada, borrado, borrada, archivado, archivada, "
        "baja, de baja, dado de baja, egresado, egresada, graduado, graduada, exalumno, retirado, retirada, ex empleado", "eliminato, eliminata, archiviato, archiviata, cessato, cessata, ritirato, ritirata, dimesso, licenziato, diplomato, ex dipendente",
        "excluído, excluída, arquivado, arquivada, desligado, desligada, demitido, formado, egresso, apagado, ex aluno", "eliminat, arxivat, baixa",
        "verwijderd, gearchiveerd, vertrokken, uit dienst, uitgeschreven, voormalig, afgestudeerd", "borttagen, raderad, arkiverad, slutat, avslutad, tidigare", "slettet, arkiveret, fratrådt, udmeldt, ophørt, tidligere",
        "arkivert, sluttet, utmeldt", "poistettu, arkistoitu, entinen, eronnut, lähtenyt", "kustutatud, arhiveeritud", "eytt",
        "usunięty, usunięta, zarchiwizowany, zarchiwizowana, były, była, absolwent, zwolniony, wypisany, skreślony", "smazaný, smazáno, archivovaný, bývalý, odešel, vyřazen, absolvent", "zmazaný, archivovaný, bývalý, odišiel",
        "törölt, törölve, archivált, kilépett, volt, végzett", "șters, ștearsă, arhivat, arhivată, fost, plecat, absolvent, exmatriculat", "izbrisan, arhiviran, bivši, ispisan", "izbrisan, arhiviran, nekdanji", "ištrintas, archyvuotas, buvęs", "dzēsts, arhivēts, bijušais",
        "silindi, silinmiş, arşivlendi, eski, ayrıldı, mezun, işten ayrıldı", "διαγράφηκε, διαγραμμένος, αρχειοθετημένος, πρώην, αποχώρησε, απόφοιτος",
        "удален, удалён, удалена, архивный, архив, уволен, уволена, бывший, выбыл, отчислен, отчислена, выпускник", "видалено, видалений, архів, архівний, звільнений, колишній, вибув, відрахований, випускник", "изтрит, архивиран, бивш, напуснал", "избрисан, архивиран, бивши",
        "נמחק, בארכיון, לשעבר, עזב, סיים", "محذوف, مؤرشف, سابق, مغادر, متخرج, مفصول", "حذف شده, بایگانی شده", "हटाया गया, पूर्व", "ลบแล้ว, ลาออก, จบการศึกษา", "đã xóa, đã nghỉ, nghỉ việc, lưu trữ, thôi học", "dihapus, diarsipkan, mantan, keluar, lulus",
        "已删除, 删除, 离职, 已离职, 毕业, 已毕业, 归档, 已归档, 退学, 已刪除, 離職, 畢業", "削除, 削除済み, 退職, 退学, 卒業, 退会, アーカイブ", "삭제, 삭제됨, 퇴직, 퇴사, 졸업, 퇴학, 탈퇴, 보관됨",
    ),
}  # fmt: skip

# Values that only say something in a column about the state of accounts.
VALUES: Final = {
    ACTIVE: ("ok, okay, normal, live, on, open, current, a, member, invited member, enrolled, registered, employed, allowed, provisioned, staged, recovery, password expired, "
             "admin, owner, primary owner, workspace admin, workspace owner, guest, single channel guest, multi channel guest, inscrit, inscrita, angemeldet, eingeschrieben, beschäftigt, "
             "matriculado, matriculada, iscritto, ingeschreven, zapisany, učí se, обучается, работает, навчається, 在职, 在学, 在读, 在讀, 在職, 在校",),
    INACTIVE: ("off, i, closed, on hold, denied",),
    LEFT: ("ex, alum, unenrolled, not enrolled, deregistered",),
}  # fmt: skip

# Headers of columns whose values are words for a state.
STATUSES: Final = (
    "status", "state", "standing", "zustand", "statut", "état", "estado", "situación", "stato", "situação", "situacao", "estat", "toestand", "stan", "stav", "állapot", "státusz", "stare", "tila", "olek",
    "būsena", "statuss", "durum", "durumu", "статус", "состояние", "стан", "състояние", "κατάσταση", "סטטוס", "מצב", "الحالة", "حالة", "وضعیت", "स्थिति", "สถานะ", "trạng thái", "状态", "狀態", "状態",
    "ステータス", "상태", "账号状态", "帐号状态", "账户状态", "用户状态", "在职状态", "在籍状況", "アカウント状態", "利用状態", "계정 상태", "사용자 상태", "재직 상태",
)  # fmt: skip

# Headers of columns of yes and no: no means that somebody left.
CURRENT: Final = (
    "current", "still here", "still employed", "still enrolled", "currently employed", "currently enrolled", "enrolled", "employed", "noch da", "aktuell", "derzeit beschäftigt", "noch beschäftigt",
    "en poste", "toujours inscrit", "actual", "en plantilla", "in servizio", "in forza", "em exercício", "in dienst", "anställd", "ansat", "ansatt", "zatrudniony", "zaměstnán", "работает",
    "працює", "在职", "在籍中", "재직중",
)  # fmt: skip

# Words around the others that change nothing.
ABOUT: Final = (
    "account", "accounts", "user", "users", "person", "member", "membership", "student", "students", "pupil", "employee", "employees", "employment", "staff", "teacher", "learner", "people", "contact",
    "enrollment", "enrolment", "enroll", "login", "logon", "sign", "in", "signin", "access", "profile", "record", "is", "the", "of", "for", "new", "read", "only", "has", "been", "was", "are", "us",
    "konto", "kontos", "account", "beschäftigungs", "anstellungs", "arbeits", "personal", "mitglieder", "teilnehmer", "studierenden", "studien", "immatrikulations", "benutzer", "benutzers", "benutzerkonto", "nutzer", "mitglied", "mitglieds", "schüler", "mitarbeiter", "zugang", "zugangs", "anmeldung", "des", "der", "das", "ist", "wurde",
    "compte", "utilisateur", "élève", "étudiant", "membre", "employé", "du", "de", "le", "la", "est", "cuenta", "usuario", "alumno", "estudiante", "empleado", "miembro", "del", "el", "está", "esta",
    "utente", "studente", "alunno", "dipendente", "dell", "di", "è", "conta", "utilizador", "usuário", "aluno", "funcionário", "do", "da", "gebruiker", "gebruikers", "leerling", "medewerker", "van",
    "konta", "użytkownika", "ucznia", "účtu", "účet", "uživatele", "uživatel", "používateľ", "žák", "fiók", "felhasználó", "cont", "contului", "utilizator", "konton", "användare", "elev", "bruker",
    "bruger", "kontoens", "käyttäjä", "käyttäjän", "tilin", "hesap", "hesabı", "kullanıcı", "öğrenci", "пользователь", "пользователя", "учетной", "учётной", "записи", "аккаунт", "аккаунта", "ученика",
    "користувач", "користувача", "облікового", "запису", "акаунт", "χρήστη", "χρήστης", "λογαριασμού", "חשבון", "משתמש", "حساب", "الحساب", "المستخدم", "tài khoản", "người dùng", "akun", "pengguna",
)  # fmt: skip

# After a word for a state: when it began. A date there means the state; no date means nothing.
SINCE: Final = (
    "at", "on", "since", "date", "time", "timestamp", "am", "seit", "datum", "le", "depuis", "date de", "el", "desde", "fecha", "il", "dal", "data", "em", "op", "sinds", "od", "den", "sedan", "pvm",
    "tarihi", "дата", "с", "від", "з",
)  # fmt: skip
# Nouns for a state's beginning: “suspension date”, “Sperrdatum”.
BEGINNINGS: Final = {
    INACTIVE: ("suspension", "deactivation", "blocking", "sperrung", "sperr", "deaktivierung", "désactivation", "blocage", "desactivación", "bloqueo", "suspensión", "disattivazione", "blocco", "desativação",
               "bloqueio", "blokkering", "blokady", "zawieszenia", "блокировки", "отключения", "блокування", "disable", "suspend", "block", "lock", "delete after"),
    LEFT: ("deletion", "archival", "archiving", "delete", "archive", "löschung", "lösch", "suppression", "eliminación", "archivierung", "удаления", "видалення"),
}  # fmt: skip

# Nouns for the end of a time with somebody: “Termination date”, “Austrittsdatum”. Such a date may be in the future.
ENDINGS: Final = (
    "termination", "leaving", "leave", "exit", "end of employment", "last working", "separation", "resignation", "departure", "withdrawal", "austritts", "austritt", "ausscheidens", "abgangs", "entlass",
    "vertragsende", "beschäftigungsende", "kündigungs", "sortie", "départ", "fin de contrat", "cese", "salida", "egreso", "retiro", "cessazione", "uscita", "fine rapporto", "saída", "desligamento",
    "demissão", "rescisão", "uitdienst", "uitdiensttreding", "uit dienst", "vertrek", "zwolnienia", "odejścia", "odchodu", "výstupu", "ukončení", "kilépés", "kilépési", "încetării", "plecării", "avgångs",
    "slut", "fratrædelses", "slutt", "lähtö", "ayrılış", "işten çıkış", "увольнения", "отчисления", "выбытия", "звільнення", "відрахування", "напускане", "离职", "離職", "退職", "退学", "퇴사", "퇴직",
    "last working day", "contract end", "employment end", "last day of employment", "离职日期", "離職日期", "離職日", "退職日", "退学日", "卒業日", "퇴사일", "퇴직일",
)  # fmt: skip

# In a header with one of these, a word for a state is about something else.
NOT_ABOUT_ACCOUNTS: Final = (
    "mail", "email", "newsletter", "notification", "notifications", "sms", "mfa", "2fa", "otp", "factor", "verification", "two", "step", "2sv", "license", "licence", "lizenz", "license", "course",
    "kurs", "cours", "curso", "last", "letzte", "dernière", "última", "payment", "order", "invitation", "invite", "sync", "protection", "photo", "phone", "address", "marital", "familienstand", "civil",
    "tax", "visa", "immigration", "consent", "privacy", "gdpr", "directory", "subscription", "abo", "ticket", "device", "computer", "group", "first", "date", "birth", "vaccination", "health", "parent",
    "directory", "passwort", "password", "count", "number", "sessions", "days", "minutes", "url", "id",
)  # fmt: skip

# Numbers of well-known systems, by header.
CODES: Final = {
    # PowerSchool
    "enroll_status": {"0": ACTIVE, "-1": INACTIVE, "1": INACTIVE, "2": LEFT, "3": LEFT, "4": LEFT},
}
# Headers of sums of flags, with the bit that switches an account off (Active Directory).
BITS: Final = {"useraccountcontrol": 0x2}
