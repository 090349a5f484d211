"""How untrusted text is displayed."""

import pytest

from enlist.core.table.printable import printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Zoë Nguyễn 陈伟 सीता", "Zoë Nguyễn 陈伟 सीता"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a zero-width non-joiner is a letter's shape in Persian
        ("a\tb\nc\x7f", "a\\tb\\nc\\x7f"),
        ("\ufeffx\u2028y", "\\ufeffx\\u2028y"),
    ],
)
def test_it_shows_letters_and_spells_out_controls(given: str, shown: str) -> None:
    assert printable(given) == shown


def test_it_shortens_with_an_ellipsis() -> None:
    assert [printable("abcdef", widest=n) for n in (5, 6)] == ["abcd…", "abcdef"]
