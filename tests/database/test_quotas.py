"""Nobody fills the disk: files and unfinished imports have limits, which are explained in a sentence."""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from enlist.core.errors import FileError, PolicyError
from enlist.services.access import Scope
from enlist.services.drafts.draft import draft_plan, draft_settings_set
from enlist.services.imports.background import import_cancel
from enlist.services.worker import worker_run
from enlist.store.imports import edits
from enlist.store.models import Artifact, Edit, Import, Step
from tests.database import school as cast
from tests.database.imports import HEAD, upload_of, uploaded
from tests.database.test_web import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ROSTER = f"{HEAD}\nann,Ann,Lee,ann@x.org\n"
EDGE = "enlist-boundary"
MOST = 100_000


@pytest.fixture
def _static(settings: Any, tmp_path: Path) -> None:
    """Names of static files as they are, and a place of their own for files that come in."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.UPLOAD_MOST = MOST
    # Everything goes to the disk.
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1


@pytest.fixture
def scope() -> Scope:
    here = cast.organization()
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def draft(scope: Scope, text: str = ROSTER, *, key: str = "k") -> int:
    file = io.BytesIO(text.encode())
    return uploaded(scope, request=upload_of(file, name="roster.csv", key=key))


class Watched(io.BytesIO):
    """What a browser sends; after every piece of it, how much lies on the disk: under a name, and without."""

    def __init__(self, data: bytes, *, folder: Path) -> None:
        super().__init__(data)
        self._folder = folder
        self.most = self.named = 0

    def read(self, size: int | None = -1) -> bytes:
        self.most = max(self.most, sum(nameless(self._folder)))
        self.named = max(self.named, len(list(self._folder.iterdir())))
        return super().read(size)


def nameless(folder: Path) -> Iterator[int]:
    """The sizes of the files that this process has open in a folder, and that have no name there."""
    for each in Path("/proc/self/fd").iterdir():
        # The folder's own handle is gone by now.
        with suppress(FileNotFoundError):
            if each.readlink().parent == folder and each.stat().st_nlink == 0:
                yield each.stat().st_size


def form(*files: bytes, said: str = "") -> bytes:
    """A form of the page with these files. said: a header that each file has."""
    parts = [('name="preset"', "", b"moodle"), ('name="key"', "", b"k")]
    parts += [('name="file"; filename="a.csv"', said, file) for file in files]
    parts += [('name="pasted"', "", b"typed")]
    lines = [
        f"--{EDGE}\r\nContent-Disposition: form-data; {name}\r\n{header}\r\n".encode() + data + b"\r\n"
        for name, header, data in parts
    ]
    return b"".join(lines) + f"--{EDGE}--\r\n".encode()


def sent(client: Client, data: bytes, *, folder: Path) -> tuple[Any, int]:
    """The answer to a form, and how much of it lay on the disk at most."""
    watched = Watched(data, folder=folder)
    kind = f"multipart/form-data; boundary={EDGE}"
    stream: Any = {"wsgi.input": watched}
    answer = client.post("/imports/new/", data, content_type=kind, **stream)
    assert watched.named == 0
    return answer, watched.most


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([b"x" * 30 * MOST], ""),
        ([b"x" * 30 * MOST], "Content-Length: 10\r\n"),
        ([b"x" * (MOST // 2)] * 20, ""),
    ],
    ids=["one", "one that says it is small", "many small ones"],
)
def test_what_is_too_large_is_refused_while_it_comes_and_nothing_of_it_is_kept(
    scope: Scope, tmp_path: Path, files: list[bytes], said: str
) -> None:
    assert scope.actor
    answer, most = sent(signed_in(scope.actor), form(*files, said=said), folder=tmp_path)

    assert answer.status_code == 422
    assert "The file is larger than 0.1 MB, so it wasn&#x27;t uploaded." in answer.text
    assert ">typed</textarea>" in answer.text
    assert 0 < most <= MOST + 2 * 64 * 1024
    assert (list(tmp_path.iterdir()), Import.objects.count()) == ([], 0)


def test_a_file_within_the_limit_is_taken_in(scope: Scope, tmp_path: Path) -> None:
    assert scope.actor
    answer, _ = sent(signed_in(scope.actor), form(ROSTER.encode()), folder=tmp_path)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/imports/1/next/")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ["viewer", None])
def test_nothing_is_accepted_from_people_who_may_not_import(scope: Scope, tmp_path: Path, role: str | None) -> None:
    client = signed_in(cast.person(scope.organization, username="vic", site_role=role)) if role else Client()
    answer, most = sent(client, form(b"x" * MOST), folder=tmp_path)

    assert (answer.status_code, most) == (403 if role else 302, 0)


def test_the_upload_page_shows_the_limit(scope: Scope) -> None:
    assert scope.actor
    page = signed_in(scope.actor).get("/imports/new/").text

    assert "Up to 0.1 MB." in page
    assert 'data-most="100000"' in page


def test_a_file_that_comes_by_another_way_has_the_same_limit(scope: Scope) -> None:
    with pytest.raises(FileError, match=r"The file is larger than 0\.1 MB"):
        draft(scope, HEAD + "\n" + "x" * MOST)


def test_nobody_has_more_unfinished_imports_than_allowed(scope: Scope, settings: Any) -> None:
    settings.DRAFTS_MOST = 2
    colleague = Scope(scope.organization, cast.person(scope.organization, username="meg", site_role="manager"))
    first, _ = draft(scope, key="a"), draft(scope, key="b")

    with pytest.raises(PolicyError, match="You have 2 unfinished imports, which is the limit"):
        draft(scope, key="c")
    assert draft(scope, key="a") == first
    assert draft(colleague, key="d") == 3

    import_cancel(scope, number=first)
    assert draft(scope, key="c") == 4


def test_unfinished_imports_keep_no_more_than_allowed(scope: Scope, settings: Any) -> None:
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="owner", site_role="owner"))
    draft(stranger)
    first = draft(scope)
    kept = sum(len(bytes(each.data)) for each in Artifact.objects.filter(of_import__organization=scope.organization))
    settings.DRAFTS_KEPT = kept + len(ROSTER)

    assert draft(scope, key="b") == 2
    with pytest.raises(PolicyError, match="Unfinished imports use 0 MB already"):
        draft(scope, key="c")

    import_cancel(scope, number=first)
    assert draft(scope, key="c") == 3


def test_a_cancelled_import_keeps_nothing(scope: Scope) -> None:
    number = draft(scope)
    draft_settings_set(scope, number=number, settings=("upload_type=add_new",))
    draft_plan(scope, number=number)
    worker_run(lambda _: None, until_empty=True)
    cell = {"row": [0], "column": ["city"], "old": [""], "new": ["B"]}
    edits.add(Import.objects.get(), cells=pl.DataFrame(cell), by=None)
    assert {*Artifact.objects.values_list("kind", flat=True)} == {"staged", "source", "plan"}

    assert import_cancel(scope, number=number) == "cancelled"

    assert (Artifact.objects.count(), Edit.objects.count(), Step.objects.count()) == (0, 0, 0)
