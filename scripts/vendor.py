"""Copy the front-end files and licences of the packages in package.json to the folder they are served from.

    python scripts/vendor.py

Needs npm with its configured registry. A manifest next to the files lists their versions and hashes, which a test
compares.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVED = ROOT / "src" / "enlist" / "web" / "static" / "vendor"
TESTED = ROOT / "tests" / "browser" / "vendor"
MANIFEST = "manifest.json"
# Package → the files to copy, besides its licence.
FILES = {
    "bootstrap": ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js"),
    "bootstrap-icons": (
        "font/bootstrap-icons.min.css",
        "font/fonts/bootstrap-icons.woff",
        "font/fonts/bootstrap-icons.woff2",
    ),
    "htmx.org": ("dist/htmx.min.js",),
    "tabulator-tables": ("dist/css/tabulator_bootstrap5.min.css", "dist/js/tabulator.min.js"),
    "axe-core": ("axe.min.js",),
}
LICENCE = "LICENSE"


def main() -> None:
    """Copy all files."""
    pinned = json.loads((ROOT / "package.json").read_text("utf-8"))
    for folder, packages in ((SERVED, pinned["dependencies"]), (TESTED, pinned["devDependencies"])):
        shutil.rmtree(folder, ignore_errors=True)
        manifest = {name: _copied(name, version=version, to=folder / name) for name, version in packages.items()}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", "utf-8")


def _copied(name: str, *, version: str, to: Path) -> dict[str, object]:
    """Copy a package's files; returns its version and their SHA-256 by path."""
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        packing = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(packing, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as packed:
            for path in (*FILES[name], LICENCE):
                member = packed.extractfile(f"package/{path}")
                if member is None:
                    raise SystemExit(f"{name} {version} has no {path}.")
                data = _without_map(member.read())
                # Keep the package's folders: its style sheets use these paths for fonts.
                target = to / path.removeprefix("dist/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                sums[str(target.relative_to(to))] = hashlib.sha256(data).hexdigest()
    return {"version": version, "files": sums}


def _without_map(data: bytes) -> bytes:
    """Remove the reference to a source map on the last line: browsers would request the map, which isn't copied."""
    return b"\n".join(line for line in data.split(b"\n") if b"sourceMappingURL=" not in line[:30])


if __name__ == "__main__":
    main()
