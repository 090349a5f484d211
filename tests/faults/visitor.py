"""A user of a served site, by HTTP alone, because that many browsers can't run at once."""

from __future__ import annotations

import re
import time
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

UPDATING: dict[str, str | list[str]] = {
    "there": ["upload_type", "update_details"],
    "upload_type": "add_and_update",
    "update_details": "from_file",
}
# Seconds that somebody looks at a page that tells how far work is.
PATIENCE = 120


class Visitor:
    """Somebody who signed in."""

    def __init__(self, address: str, *, name: str, password: str) -> None:
        self._site, self._cookies = f"http://{address}", CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))
        self.get("/sign-in/")
        self.post("/sign-in/", name=name, password=password)

    def get(self, path: str) -> str:
        """A page. Raises HTTPError."""
        body: bytes = self._opener.open(self._site + path).read()
        return body.decode()

    def post(self, path: str, **fields: str | list[str]) -> str:
        """Send a form; the path of the page that this leads to. Raises HTTPError."""
        (token,) = (cookie.value for cookie in self._cookies if cookie.name == "csrftoken")
        form = urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True).encode()
        request = Request(self._site + path, data=form, headers={"Origin": self._site})
        leads_to: str = urlsplit(self._opener.open(request).url).path
        return leads_to

    def begin_import(self, text: str, *, key: str) -> int:
        """Upload rows and, when a worker has read them, choose settings; the import's number. Raises HTTPError."""
        address = self.post("/imports/new/", preset="moodle", key=key, pasted=text).removesuffix("next/")
        self._wait_for(r'class="[^"]*\bunderstood\b', path=f"{address}source/")
        self.post(f"{address}settings/", **UPDATING)
        return int(address.rstrip("/").rpartition("/")[2])

    def apply(self, number: int) -> None:
        """Look at the plan and have it carried out. Raises HTTPError."""
        # The fingerprint of the plan that the preview shows.
        shown = self._wait_for(r'name="shown" value="(\w+)"', path=f"/imports/{number}/preview/")
        self.post(f"/imports/{number}/apply/", shown=shown[1])

    def _wait_for(self, pattern: str, *, path: str) -> re.Match[str]:
        """What a page shows as soon as a worker has done its job."""
        until = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, page := self.get(path))):
            assert time.monotonic() < until, page
            time.sleep(0.1)
        return found
