"""A web server killed during an upload leaves nothing of the file, which may contain passwords (R16)."""

import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.faults.trial import Place, sample, wanted
from tests.support.serving import free_address, served

EDGE = "enlist-boundary"
# What a process or thread of /proc answers that has ended meanwhile.
ENDED = (FileNotFoundError, ProcessLookupError)
CANARY = b"zenobia,Palmyra-1-Palmyra\n"
# Larger than what stays in memory.
SIZE, PIECE = 12_000_000, 1_000_000


def signed_in(place: Place, *, address: str) -> tuple[str, str]:
    """The cookies of somebody who may import, and what a form of theirs has to hold."""
    password = place.enlist("team", "password", "tamar.beridze", "--keep").out.split()[-1]
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    page = browser.open(f"http://{address}/sign-in/").read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    form = urlencode({"csrfmiddlewaretoken": token, "name": "tamar.beridze", "password": password}).encode()
    browser.open(Request(f"http://{address}/sign-in/", data=form, headers={"Origin": f"http://{address}"}))
    page = browser.open(f"http://{address}/imports/new/").read().decode()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), re.findall(
        r'name="csrfmiddlewaretoken" value="(\w+)"', page
    )[0]


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they did; threads and processes may end meanwhile."""
    with suppress(*ENDED):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(*ENDED):
                children = [int(child) for child in (task / "children").read_text().split()]
                for child in children:
                    yield child
                    yield from descendants(child)


def received(process: subprocess.Popen[bytes], *, into: Path) -> int:
    """The bytes of the files that the site's processes have open in the folder for temporary files."""
    sizes = [0]
    for pid in descendants(process.pid):
        with suppress(*ENDED):
            for each in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(*ENDED):
                    if each.readlink().parent == into:
                        sizes.append(each.stat().st_size)
    return max(sizes)


def begun(address: str, *, cookies: str, token: str, size: int) -> http.client.HTTPConnection:
    """A file on its way, of which so much was sent."""
    host, _, port = address.partition(":")
    connection = http.client.HTTPConnection(host, int(port))
    head = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nusername,password\n'
    ).encode()
    connection.putrequest("POST", "/imports/new/")
    for name, value in {
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(len(head) + SIZE),
        "Cookie": cookies,
        "Origin": f"http://{address}",
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(head + (CANARY * (size // len(CANARY) + 1))[:size])
    return connection


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what others have open is seen on Linux only")
def test_a_server_killed_while_a_file_comes_in_leaves_nothing_of_it(tmp_path: Path) -> None:
    place = Place.new(tmp_path / "uploads")
    temporary = place.folder / "tmp"
    for piece in sample(SIZE // PIECE - 4, count=wanted(daily=4, part=0.1)):
        address = free_address()
        with served(place, address=address) as process:
            cookies, token = signed_in(place, address=address)
            size = (piece + 3) * PIECE
            with closing(begun(address, cookies=cookies, token=token, size=size)):
                while received(process, into=temporary) < size - PIECE:
                    time.sleep(0.02)
                for pid in descendants(process.pid):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                process.wait()

        awaiting = [path for path in place.folder.rglob("*") if path.is_file() and CANARY in path.read_bytes()]
        assert (size, awaiting) == (size, [])
        assert place.complaints() == []
