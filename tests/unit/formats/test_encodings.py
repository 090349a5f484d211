"""Names in many encodings are read as they were written, even from few rows."""

import codecs

import pytest

from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read

NAMES = {
    "cp1252": "José;Núñez|Jürgen;Müller|Søren;Åkesson",
    "cp1250": "Łukasz;Wiśniewski|Zdeněk;Dvořák",
    "cp1251": "Иван;Петров|Ольга;Сидорова",
    "koi8_r": "Иван;Петров|Ольга;Сидорова",
    "cp1253": "Γιώργος;Παπαδόπουλος|Μαρία;Νικολάου",
    "cp932": "太郎;山田|花子;鈴木",
    "euc_jp": "太郎;山田|花子;鈴木",
    "gb18030": "小龙;李|秀英;张",
    "big5": "小龍;李|志明;陳",
    "cp949": "철수;김|영희;이",
    "iso8859_2": "Łukasz;Wiśniewski|Zdeněk;Dvořák",
    "mac_roman": "Jürgen;Müller|Émile;Dupré",
    "cp850": "Jürgen;Müller|Émile;Dupré",
    "utf-16-le": "Jürgen;Müller|Łukasz;Wiśniewski",
    "utf-16-be": "Jürgen;Müller|Łukasz;Wiśniewski",
}
# Words of many lists: few of them have a letter beyond ASCII.
FEW = {
    "a French name": ("cp1252", "Renée"),
    "a German name": ("cp1252", "Groß"),
    "an apostrophe of a word processor": ("cp1252", "O’Brien"),
    "names of several peoples": ("cp1252", "José|François|Jürgen|Søren|Ágnes"),
    "Czech": ("cp1250", "Jiří Dvořák|Žižka"),
    "Hungarian": ("cp1250", "Kovács Győző"),
    "Croatian": ("cp1250", "Jurić|Đurđica|Kovač"),
    "Romanian": ("cp1250", "Brăila|Iaşi|Sănătescu"),
    "Turkish": ("cp1254", "Gülşen Işık|Yılmaz"),
    "Latvian": ("cp1257", "Jānis Bērziņš"),
    "Lithuanian": ("cp1257", "Žydrūnas|Šarūnas Čepaitė"),
    "Greek": ("cp1253", "Γιώργος Παπαδόπουλος"),
    "Hebrew": ("cp1255", "דוד כהן|ישראל לוי"),
    "Arabic": ("cp1256", "محمد علي|فاطمة"),
    "Thai": ("cp874", "สมชาย ใจดี"),
    "Chinese": ("gb18030", "王小明"),
    "Korean": ("cp949", "김철수"),
    "a Polish list of Linux": ("iso8859_2", "Łukasz|Kraśnik"),
}
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def text_of(names: str) -> str:
    return "firstname;lastname\n" + names.replace("|", "\n") + "\n"


def rows_of(names: str) -> list[tuple[str, ...]]:
    return [tuple(name.split(";")) for name in names.split("|")]


@pytest.mark.parametrize("encoding", NAMES)
def test_it_guesses_an_encoding_and_reports_it(encoding: str) -> None:
    table = read(text_of(NAMES[encoding]).encode(encoding))

    assert (table.source.encoding, table.frame.rows()) == (encoding, rows_of(NAMES[encoding]))
    assert table.flags.select("code", "value").rows() == [("encoding_guessed", encoding)]


@pytest.mark.parametrize(("encoding", "names"), FEW.values(), ids=FEW)
def test_a_few_names_are_read_as_they_were_written(encoding: str, names: str) -> None:
    text = "username;name\n" + "".join(f"u{number};{name}\n" for number, name in enumerate(names.split("|")))

    table = read(text.encode(encoding))
    assert table.frame.get_column("name").to_list() == names.split("|")


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("cp1254", "Kullanıcı adı;Ad;Soyadı"),
        ("cp1250", "Uživatelské jméno;Jméno;Příjmení"),
        ("cp1251", "Логин;Имя;Фамилия"),
        ("cp1252", "Prénom;Nom;Adresse électronique"),
        ("cp850", "Prénom;Nom;Adresse électronique"),
        ("mac_roman", "Prénom;Nom;Adresse électronique"),
    ],
)
def test_names_of_columns_show_the_encoding_of_a_list_with_plain_names(encoding: str, header: str) -> None:
    table = read(f"{header}\nann;Ann;Lee\n".encode(encoding))

    assert table.headers == tuple(header.split(";"))


def test_cells_below_the_header_are_no_evidence() -> None:
    names = ["Österreich", "Réunion", "Åland", "Curaçao", "Côte d’Ivoire", "Sør-Afrika", "Færøyene", "Cookøyene"]
    text = "username;city\n" + "".join(f"u{number};{name}\n" for number, name in enumerate(names))

    assert read(text.encode("cp1252")).frame.get_column("city").to_list() == names


@pytest.mark.parametrize("encoding", NAMES)
def test_it_takes_an_encoding_that_is_named(encoding: str) -> None:
    table = read(text_of(NAMES[encoding]).encode(encoding), options=ReadOptions(encoding=encoding))

    assert table.frame.rows() == rows_of(NAMES[encoding])
    assert table.flags.is_empty()


@pytest.mark.parametrize("encoding", MARKS)
@pytest.mark.parametrize("options", [ReadOptions(), ReadOptions(delimiter=";")])
def test_it_goes_by_the_byte_order_mark(encoding: str, options: ReadOptions) -> None:
    table = read(MARKS[encoding] + text_of("Jürgen;Müller").encode(encoding), options=options)

    assert (table.source.encoding, table.headers) == (encoding, ("firstname", "lastname"))
    assert table.frame.rows() == [("Jürgen", "Müller")]
    assert table.flags.is_empty()


@pytest.mark.parametrize("name", ["utf8", "UTF-8-SIG", "utf-16", "UTF_16"])
def test_a_byte_order_mark_is_no_part_of_the_text_where_the_encoding_is_named(name: str) -> None:
    mark = "utf-8" if "8" in name else "utf-16-be"
    data = MARKS[mark] + text_of("Jürgen;Müller").encode(mark)

    assert read(data, options=ReadOptions(encoding=name)).headers == ("firstname", "lastname")


def test_a_few_broken_letters_do_not_make_a_text_foreign() -> None:
    """One row pasted from elsewhere must not turn every other name of the file into mojibake."""
    good = "firstname;lastname\nJürgen;Müller\nŁukasz;Wiśniewski\n".encode()

    table = read(good + b"Jos\xe9;Pe\xf1a\nx;y\n")

    assert table.source.encoding == "utf-8"
    assert table.flags.select("row", "line", "column", "code", "value", "detail").rows() == [
        (2, 4, "firstname", "undecodable", "Jos\ufffd", "utf-8"),
        (2, 4, "lastname", "undecodable", "Pe\ufffda", "utf-8"),
    ]


def test_broken_letters_in_a_password_fail_the_row_and_show_nothing() -> None:
    table = read("firstname;password\nJürgen;gehéim\nŁukasz;x".encode() + b"\xe9\n")

    assert table.flags.filter(code="undecodable").select("row", "column", "value").rows() == [(1, None, None)]


def test_it_looks_for_foreign_letters_in_the_whole_file() -> None:
    plain = b"firstname;lastname\n" + b"John;Doe\n" * 20_000

    table = read(plain + "Jürgen;Müller\n".encode("cp1252"))

    assert table.frame.row(-1) == ("Jürgen", "Müller")


def note_of(note: str, *, names: str = "José Núñez|Begoña") -> tuple[str, str]:
    """The encoding that is guessed for a Western list with this note, and the note."""
    rows = "".join(f"u{number};{name};x\n" for number, name in enumerate(names.split("|")))
    table = read(f"username;name;note\n{rows}zz;Bob Ray;{note}\n".encode("cp1252"))
    return table.source.encoding, table.frame.get_column("note")[-1]


@pytest.mark.parametrize("names", ["Ann Lee|Bob Ray", "José Núñez|Begoña", "Jürgen Groß|Köln", "Renée|François"])
@pytest.mark.parametrize(
    "note",
    [
        "£50", "pays £ 3", "§ 12", "1º B", "Mª Luz", "Nº 4", "3½", "5 µm", "© 2024", "Brand®", "±5", "20 m²", "¿Quién?",
        "¥500", "• item", "Lego™ kit", "2×3", "D´Angelo", "5‰", "¡Hola!", "4 ÷ 2", "5¢", "Room ²", "(¦)", "abcª", "12§",
    ],
)  # fmt: skip
def test_a_sign_does_not_make_a_western_list_foreign(names: str, note: str) -> None:
    assert note_of(note, names=names) == ("cp1252", note)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1250", "Łukasz Bąk"),
        ("cp1250", "Paweł|Michał"),
        ("cp1250", "Mureş"),
        ("iso8859_2", "Kraśnik"),
        ("cp850", "Renée Dupré"),
        ("mac_roman", "Émile|Jürgen"),
    ],
)
def test_letters_that_make_names_go_before_signs(encoding: str, name: str) -> None:
    text = "username;name\n" + "".join(f"u{number};{each}\n" for number, each in enumerate(name.split("|")))

    assert read(text.encode(encoding)).frame.get_column("name").to_list() == name.split("|")


@pytest.mark.parametrize("password", ["pa£word1", "£ukasz9", "x½Y!9", "¥¥¥abc", "Geheim³"])
def test_letters_of_a_password_are_no_evidence(password: str) -> None:
    table = read(f"username;password;name\namy;{password};Amy Poole\n".encode("cp1252"))

    assert table.source.encoding == "cp1252"
    assert table.flags.get_column("code").to_list()[0] == "encoding_guessed"
