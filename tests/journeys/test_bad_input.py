"""Every problem of a file is one clear sentence, and nothing of it is applied."""

import pytest

from tests.journeys.conftest import Answer, Site

HEAD = "username,firstname,lastname,email"
UPDATING = ("--set", "upload_type=add_and_update")

# Fatal errors: the file, the message, the hint.
USELESS = {
    "empty": (b"", "bad.csv is empty.", "Choose a file that has a header and rows."),
    "header only": (
        f"{HEAD}\n".encode(),
        "bad.csv has a header but no rows.",
        "Add the rows, or choose another file.",
    ),
    "no username column": (
        b"firstname,lastname\nAnn,Lee\n",
        "bad.csv has no column for username, so its rows can't be matched to people.",
        "Map one of its columns to username (firstname, lastname), generate usernames (username_from = %-1f%-l), "
        "or match people by another field (match_by = email).",
    ),
    "repeated header": (
        b"username,firstname,lastname,username\na,b,c,d\n",
        "Columns 1 and 4 in line 1 are both called “username”.",
        "Give each column its own name, or remove one of them.",
    ),
    "two headers of one meaning": (
        b"username,user name\na,b\n",
        "Columns “username” (1) and “user name” (2) both mean username.",
        "Leave one of them out, or map it to another field.",
    ),
    "open quotation mark": (
        f'{HEAD}\nann,"Ann,Lee,ann@example.org\nbob,Bob,Ray,bob@example.org\n'.encode(),
        "A quotation mark opens in line 2 and is never closed.",
        "Close or remove the quotation mark. Without a second one, it takes in the lines below.",
    ),
    "workbook": (
        b"PK\x03\x04....xl/worksheets",
        "bad.csv is cut off or damaged (File is not a zip file).",
        "Copy or download it again.",
    ),
}


@pytest.mark.parametrize("what", USELESS)
def test_a_useless_file_is_explained_in_a_sentence(what: str, school: Site) -> None:
    content, sentence, hint = USELESS[what]

    answer = school.enlist("import", school.file("bad.csv", text=content), "--yes")

    assert answer == Answer(3, "", f"Error: {sentence}\n{hint}\n")


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ({"ENLIST_MOST_ROWS": "2"}, "The file has more than 2 rows."),
        ({"ENLIST_MOST_COLUMNS": "3"}, "Line 1 has 4 columns. The limit is 3."),
        ({"ENLIST_MOST_ROWS": "many"}, "ENLIST_MOST_ROWS can't be “many”."),
    ],
    ids=["rows", "columns", "no number"],
)
def test_the_site_can_change_the_limits_of_files(limit: dict[str, str], sentence: str, school: Site) -> None:
    rows = "".join(f"{name},{name},Lee,{name}@example.org\n" for name in ("ann", "bob", "cem"))

    answer = school.enlist("plan", school.file("bad.csv", text=f"{HEAD}\n{rows}"), **limit)

    assert answer.code > 0
    assert sentence in answer.err


def test_a_missing_file_is_reported(school: Site) -> None:
    answer = school.enlist("import", "nowhere.csv", "--yes")

    assert answer == Answer(3, "", "Error: There is no file nowhere.csv.\nCheck the path.\n")


def test_every_bad_row_is_listed_with_line_column_value_cause_and_fix(school: Site) -> None:
    rows = [
        f"{HEAD},city,course1,profile_field_house",
        "ann,Ann,Lee,ann@@example.org",
        "bob,Bob,Ray,bob@example.org,,NIX,",
        "cat,Cat,Roy,cat@example.org,,,Oka",
        "dan,Dan,,dan@example.org,,,",
        f"eve,Eve,Ude,eve@example.org,{'x' * 121},,",
        "fay,Fay,Vos,fay@example.org,,,,more",
        "gus,G\0us,Wu,gus@example.org,,,",
        ",Hal,Xu,hal@example.org,,,",
        "ivy,Ivy,Yi,misaki.ando@northfield.example,,,",
        "ivy,Ivy,Yi,ivy@example.org,,,",
    ]
    file = school.file("bad.csv", text="\n".join(rows))

    answer = school.enlist("plan", file, *UPDATING, "--set", "malformed_email=refuse", "--people", "0")

    assert answer.code == 6
    assert answer.out.splitlines() == [
        "bad.csv: 10 rows, preset moodle.",
        "",
        "Rows",
        "  7  failed",
        "  3  created",
        "",
        "Changes",
        "  3  people created",
        "",
        "Errors (7)",
        "  1 × line 7",
        "      This row has more cells than the header (8 instead of 7); the extra ones are not blank.",
        "      Fix: Put quotes around a cell that holds the delimiter, or remove the extra cells.",
        "  1 × line 8, column “firstname”",
        "      A cell holds a NUL byte, which no database stores; its value was removed.",
        "      Fix: Remove it, or save the file again.",
        "  1 × line 6, column “city”",
        f"      “{'x' * 59}…” is longer than the 120 characters of city.",
        "      Fix: Shorten it.",
        "  1 × line 2, column “email”",
        "      “ann@@example.org” is not an e-mail address. Did you mean “ann@example.org”?",
        "      Fix: Correct the address.",
        "  1 × line 9, column “username”",
        "      There is no username in this row.",
        "      Fix: Fill it, or set a pattern that generates usernames (username_from).",
        "  1 × line 5, column “lastname”",
        "      A new person needs a last name.",
        "      Fix: Fill it, or exclude the row.",
        "  1 × line 10, column “email”",
        "      The e-mail address “misaki.ando@northfield.example” belongs to misaki.ando.",
        "      Fix: Correct the address.",
        "",
        "Warnings (3)",
        "  1 × line 2",
        "      This row has fewer cells than the header (4 instead of 7); the missing ones count as blank.",
        "      Fix: Check that no cell has slipped into a neighbouring column.",
        "  1 × line 4, column “profile_field_house”",
        "      “Oka” isn't an option of house (Oak, Elm, Ash, Yew), so this cell won't be imported.",
        "      Fix: Use one of the listed options, spelled exactly as shown.",
        "  1 × line 3, column “course1”",
        "      There is no course “NIX”; the person is not enrolled in it.",
        "      Fix: Use the course's short name.",
    ]


def test_bad_rows_are_left_out_and_the_others_applied(site: Site) -> None:
    site.enlist("init")
    file = site.file("some.csv", text=f"{HEAD}\nann,Ann,Lee,ann@example.org\nbob,Bob,,bob@example.org\n")

    answer = site.enlist("import", file, "--yes", "--failures", "failed.csv")

    assert (answer.code, answer.out.splitlines()[-1]) == (6, "Import 1 is applied: people created: 1.")
    assert [line.split()[0] for line in site.enlist("people", "list").out.splitlines()] == ["username", "ann"]
    assert (site.folder / "failed.csv").read_text("utf-8") == (
        f"enlist_line,enlist_problems,{HEAD}\n"
        '3,"lastname: A new person needs a last name. Fill it, or exclude the row.",bob,Bob,,bob@example.org\n'
    )


def test_a_file_of_bad_rows_alone_changes_nothing(site: Site) -> None:
    site.enlist("init")
    file = site.file("bad.csv", text=f"{HEAD}\nann,Ann,,\n")

    answer = site.enlist("import", file, "--yes")

    assert (answer.code, answer.out.splitlines()[0]) == (
        6,
        "bad.csv: 1 row, preset moodle. Nothing can be applied.",
    )
    assert site.enlist("people", "list") == Answer(0, "", "Nobody.\n")
    assert site.enlist("imports") == Answer(0, "", "There are no imports yet.\n")


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (
            ["--set", "update_detials=none"],
            "There is no setting “update_detials”.",
            "Did you mean update_details?",
        ),
        (
            ["--set", "blank_cell=maybe"],
            "The setting blank_cell can't have this value: “maybe” is not one of: missing, literal.",
            "",
        ),
        (
            ["--set", "blank_cell"],
            "“blank_cell” isn't of the form setting=value.",
            "For example: update_details=from_file",
        ),
        (["--map", "Login"], "“Login” isn't of the form header=field.", 'For example: --map "Login name=username"'),
        (["--preset", "canvas"], "There is no preset “canvas”. Presets: moodle, easycampus, sync.", ""),
        (
            ["--delimiter", "::"],
            "“::” isn't one character.",
            "Use one character, or one of: tab, comma, semicolon, bar, blank.",
        ),
    ],
)
def test_an_invalid_setting_is_reported_before_the_file_is_opened(
    words: list[str], sentence: str, hint: str, school: Site
) -> None:
    answer = school.enlist("plan", "nowhere.csv", *words)

    assert answer == Answer(2, "", "".join(f"{line}\n" for line in [f"Error: {sentence}", hint] if line))


def test_nobody_is_asked_where_there_is_no_terminal(school: Site) -> None:
    for words in (["import", "x.csv"], ["undo", "1"]):
        assert school.enlist(*words) == Answer(
            2,
            "",
            "Error: Cannot ask for confirmation: standard input is not a terminal. Nothing was done.\n"
            "Add --yes to continue without confirmation, or preview it first with `enlist plan`.\n",
        )
