"""Numbers are displayed as in an English Excel, in every format."""

import pytest

from enlist.formats.workbook.cells import number_format as module
from enlist.formats.workbook.cells.date_format import iso_date
from enlist.formats.workbook.cells.number_format import number_format

SHOWN = [
    # what identifies people
    ("00000", 123, "00123"),
    ("0000000", 7, "0000007"),
    ("000-00-0000", 123456789, "123-45-6789"),
    ("(000) 000-0000", 2125551234, "(212) 555-1234"),
    ("[<=9999999]###-####;(###) ###-####", 5551234, "555-1234"),
    ("[<=9999999]###-####;(###) ###-####", 2125551234, "(212) 555-1234"),
    ('"ID-"0000', 42, "ID-0042"),
    ("\\S000", 42, "S042"),
    ("0", 1234567890123, "1234567890123"),
    ("@", 42, "42"),
    ("General", 12345678901, "12345678901"),
    ("General", 1234567890123, "1234567890123"),
    ("General", 123456789012345, "123456789012345"),
    ("General", 1234567890123456, "1.23457E+15"),
    ("General", -199912310001, "-199912310001"),
    ("General", 1 / 3, "0.333333333"),
    ("General", -1.5, "-1.5"),
    ("General", 0.00001234, "0.00001234"),
    ("General", 1.23456789e-7, "1.23457E-07"),
    ("General", 1.0000000000166668e-05, "1E-05"),
    ("General", 9.999999999666668e-06, "1E-05"),
    ("General", 316569.90625, "316569.9063"),
    ("General", -1591179.7124999994, "-1591179.713"),
    ("General", 4.09471e231, "4.0947E+231"),
    ("General", 99999999999.6, "1E+11"),
    # amounts
    ("0.00", 1.005, "1.01"),
    ("#,##0", 1234567.5, "1,234,568"),
    ("#,##0.00", -1234.5, "-1,234.50"),
    ("0%", 0.256, "26%"),
    ("0.0#", 1.5, "1.5"),
    ("#", 0, ""),
    ("0,", 12345, "12"),
    ("0.0,,", 12345678, "12.3"),
    ("0.00E+00", 12345, "1.23E+04"),
    ("##0.0E+0", 12345, "12.3E+3"),
    ("# ?/?", 1.25, "1 1/4"),
    ("# ??/??", 1 / 3, "  1/3 "),
    ("$#,##0.00_);[Red]($#,##0.00)", -5, "($5.00)"),
    ("[$€-407] #,##0.00", 5, "€ 5.00"),
    ('0;-0;"none"', 0, "none"),
    (";;;", 5, ""),
    # dates and times
    ("m/d/yy", 45000, "3/15/23"),
    ("yyyy-mm-dd", 45000.75, "2023-03-15"),
    ("dd.mm.yyyy", 45000, "15.03.2023"),
    ("d-mmm-yy", 45000, "15-Mar-23"),
    ("dddd, mmmm d, yyyy", 45000, "Wednesday, March 15, 2023"),
    ("[$-409]m/d/yy h:mm AM/PM", 45000.5, "3/15/23 12:00 PM"),
    ("h:mm", 0.75, "18:00"),
    ("hh:mm:ss", 0.999999, "00:00:00"),
    ("[h]:mm:ss", 1.5, "36:00:00"),
    ("mm:ss.0", 0.0005, "00:43.2"),
    ("d/m/yyyy", 60, "29/2/1900"),
    ("m/d/yy", -1, "########"),
]


@pytest.mark.parametrize(("code", "value", "text"), SHOWN)
def test_it_shows_what_excel_shows(code: str, value: float, text: str) -> None:
    assert number_format(code).number(value) == text


@pytest.mark.parametrize(
    ("code", "text"), [("0.00", "x"), ("@", "x"), ('0;-0;0;"Dr. "@', "Dr. x"), ('"No. "@', "No. x")]
)
def test_it_shows_text_in_the_part_for_text(code: str, text: str) -> None:
    assert number_format(code).text("x") == text


def test_it_counts_from_1904_where_the_workbook_does() -> None:
    assert number_format("yyyy-mm-dd", epoch_1904=True).number(0) == "1904-01-01"


@pytest.mark.parametrize(
    ("value", "text"),
    [(45000, "2023-03-15"), (45000.75, "2023-03-15 18:00:00"), (1, "1900-01-01"), (60, None), (0, None), (-1, None)],
)
def test_dates_of_the_calendar_have_a_plain_form(value: float, text: str | None) -> None:
    assert iso_date(value) == text


@pytest.mark.parametrize(
    "code",
    [
        "0", "0.00", "#,##0", "#,##0.00", "0%", "0.0%", '"$"#,##0.00', '0.00" kg"', "#,##0.000;[Red]-#,##0.000",
        "0.00E+00", '0;(0);"zero"', "00000", "#", "0.0#", "\\-0", "_(0_)", "0%%", "%0", "[>5]0.0;0", "-0", "0,", "0.0,",
    ],
)  # fmt: skip
def test_what_is_shown_quickly_is_what_is_shown_slowly(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [
        0.0,
        1,
        -1,
        0.5,
        -0.5,
        0.005,
        -0.004,
        1.005,
        2.675,
        -1234567.891,
        1e11,
        999999999999.5,
        -0.0001,
        1e-9,
        4.35,
    ]
    quick = number_format.__wrapped__(code)
    monkeypatch.setattr(module, "_quick", lambda section: None)
    slow = number_format.__wrapped__(code)

    assert list(map(quick.number, values)) == list(map(slow.number, values))
