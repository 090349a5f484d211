"""No text becomes markup: everything that creates elements from text is listed here with a reason."""

import re
from pathlib import Path

from django.template import Engine

import enlist
from enlist.web.template_loader import Loader

WEB = Path(enlist.__file__).parent / "web"
SCRIPTS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "HTMLUnsafe")
RUN = ("eval(", "new Function")
TEMPLATES = re.compile(r"\|\s*safe\b|\bautoescape\b|\|\s*safeseq\b")
PYTHON = re.compile(r"\b(mark_safe|SafeString|SafeText|format_html|format_html_join|html_safe|__html__)\b")


def test_no_script_of_ours_makes_elements_of_text_or_runs_it() -> None:
    found = [(path.name, sink) for path in (WEB / "static" / "enlist").glob("*.js") for sink in (*SCRIPTS, *RUN)
             if sink in path.read_text("utf-8")]  # fmt: skip

    # These show or compare pieces of our own pages, where all text is text already.
    ours = ("import-notices.js", "job-progress.js", "match-columns.js")
    assert sorted(found) == [(name, "innerHTML") for name in ours]


def test_each_script_of_ours_is_a_module_for_one_element() -> None:
    pages = "".join(path.read_text("utf-8") for path in (WEB / "templates").rglob("*.html"))
    for path in (WEB / "static" / "enlist").glob("*.js"):
        defined = re.findall(r'customElements\.define\("([\w-]+)"', path.read_text("utf-8"))
        # The theme is set before anything is painted, so its script isn't a module.
        is_module = f'\'enlist/{path.name}\' %}}" type="module"' in pages
        assert (defined, is_module) == (["theme-switch"], False) if path.stem == "theme" else ([path.stem], True)
        assert "window." not in re.sub(r"window\.(?:addEventListener|matchMedia)", "", path.read_text("utf-8"))


def test_no_template_shows_text_as_markup() -> None:
    templates = sorted((WEB / "templates").rglob("*.html"))

    assert len(templates) > 20
    assert [path.name for path in templates if TEMPLATES.search(path.read_text("utf-8"))] == []


def test_no_template_needs_its_indentation() -> None:
    """Pages are sent without it (`web.template_loader`): it is part of no sentence and of no text."""
    for path in (WEB / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        sentences = re.findall(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", text, re.DOTALL)
        assert [said for options, said in sentences if "\n" in said and "trimmed" not in options] == [], path.name
        assert "<pre" not in text, path.name
        assert re.findall(r"<textarea[^>]*>\s", text) == [], path.name


def test_pages_are_sent_without_indentation() -> None:
    origin = Engine.get_default().get_template("web/page.html").origin

    sent = Loader(Engine.get_default()).get_contents(origin)

    written = Path(origin.name).read_text("utf-8")
    assert re.search(r"\n +<header", written)
    assert sent == re.sub(r"\n\s+", "\n", written)
    assert sent.split() == written.split()


def test_no_code_calls_text_markup() -> None:
    source = Path(enlist.__file__).parent
    found = {(path.name, name) for path in source.rglob("*.py") for name in PYTHON.findall(path.read_text("utf-8"))}

    # Times, options of a setting with their meaning, and pictures: the texts are escaped. Our docs, without their HTML.
    # The squares of QR codes.
    assert found == {
        ("enlist.py", "format_html"),
        ("enlist.py", "mark_safe"),
        ("settings_form.py", "format_html"),
        ("help_pages.py", "format_html"),
        ("help_pages.py", "mark_safe"),
    }


def test_nothing_that_was_typed_is_run_or_unpickled() -> None:
    """ASVS 1.2.5, 1.3.2, 1.5.2, 11.4.1: no shell, no code made of text, no pickle, no broken hash."""
    forbidden = re.compile(
        r"shell=True|os\.(?:system|popen)\(|(?<![.\w])(?:eval|exec)\(|\bpickle\b|\bmarshal\b"
        r"|hashlib\.(?:md5|sha1)\b|hashlib\.new\(\"(?:md5|sha1)"
    )
    source = Path(enlist.__file__).parent

    assert [path.name for path in source.rglob("*.py") if forbidden.search(path.read_text("utf-8"))] == []
