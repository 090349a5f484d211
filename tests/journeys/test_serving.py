"""`enlist serve`: the web application with its worker, signing in, and stopping with Ctrl-C."""

import json
import re
import signal
import socket
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from tests.journeys.conftest import Site
from tests.support.serving import free_address, served, until


def signed_in(address: str, *, name: str, password: str, jar: CookieJar | None = None) -> OpenerDirector:
    browser = build_opener(HTTPCookieProcessor(CookieJar() if jar is None else jar))
    page = browser.open(f"http://{address}/sign-in/").read().decode()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = urlencode({"csrfmiddlewaretoken": token, "name": name, "password": password}).encode()
    browser.open(Request(f"http://{address}/sign-in/", data=form, headers={"Origin": f"http://{address}"}))
    return browser


@pytest.mark.slow
def test_it_is_served_signed_in_to_and_ended_by_ctrl_c(site: Site) -> None:
    site.enlist("init", "--demo")
    told = site.enlist("team", "password", "tamar.beridze", "--keep")
    password = told.out.split()[-1]
    address = free_address()
    with served(site, address=address) as process:
        browser = signed_in(address, name="tamar.beridze", password=password)
        page = browser.open(f"http://{address}/imports/").read().decode()
        process.send_signal(signal.SIGINT)
        code = process.wait(60)
        said = (site.folder / "said").read_text("utf-8")

        assert "New import" in page
        assert (code, until(answers=False, address=address)) == (0, True)
        assert f"Enlist is running at http://{address} (press Ctrl-C to stop)." in said


@pytest.mark.slow
@pytest.mark.parametrize("field", ['file"; filename="cut.csv', "pasted"])
def test_an_upload_whose_connection_breaks_off_leaves_nothing(field: str, site: Site) -> None:
    site.enlist("init", "--demo")
    password = site.enlist("team", "password", "tamar.beridze", "--keep").out.split()[-1]
    address, jar = free_address(), CookieJar()
    with served(site, address=address):
        browser = signed_in(address, name="tamar.beridze", password=password, jar=jar)
        token = next(each.value for each in jar if each.name == "csrftoken")
        head = f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n--x\r\n'
        head += 'Content-Disposition: form-data; name="preset"\r\n\r\nmoodle\r\n--x\r\n'
        head += f'Content-Disposition: form-data; name="{field}"\r\n\r\nusername,firstname\r\n'
        host, port = address.split(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall(
                f"POST /imports/new/ HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n"
                f"Cookie: {'; '.join(f'{each.name}={each.value}' for each in jar)}\r\n"
                f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n{head}".encode()
                + b"ann,Ann\r\n" * 50_000
            )
        page = browser.open(f"http://{address}/imports/").read().decode()
        said = (site.folder / "said").read_text("utf-8")

    assert "Import 1" not in page
    assert json.loads(site.enlist("imports", "--json").out) == []
    assert '"route": "imports/new/", "status": 400' in said
    assert "Traceback" not in said
    assert not [each for each in site.folder.rglob("*") if each.is_file() and b"ann,Ann" in each.read_bytes()]


def test_it_explains_what_to_do_if_the_port_is_taken(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = site.enlist("serve", "--address", f"127.0.0.1:{port}")

    assert answer.code == 2
    assert f"Enlist can't listen on 127.0.0.1:{port}: Address already in use." in answer.err


@pytest.mark.parametrize("address", ["8000", "localhost:", "localhost:http", "localhost:99999"])
def test_it_refuses_what_is_no_address(address: str, site: Site) -> None:
    assert site.enlist("serve", "--address", address).code == 2


def test_a_password_is_made_for_the_team_alone(site: Site) -> None:
    site.enlist("init", "--demo")
    learner = site.enlist("people", "list", "--limit", "400", "--json").out
    name = re.findall(r'"username": "([^"]+)",[^}]*"site_role": "learner"', learner)[0]

    assert site.enlist("team", "password", "nobody").code == 2
    assert site.enlist("team", "password", name).code == 2
