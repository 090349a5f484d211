#!/bin/sh
# Make the environment of requirements.lock in the folder named by the first argument.
set -eu
venv=$1
cd "$(dirname "$0")/.."

works() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (4, 0))' >/dev/null 2>&1; }

python_found() {
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        works "$python" && command -v "$python" && return
    done
    echo "Enlist needs Python 3.11 or newer and ${PYTHON:-every python3 here} is none: install one (Debian, Ubuntu:" \
        "apt install python3; macOS: brew install python), or name yours: make PYTHON=/path/to/python3" >&2
    return 1
}

# Create the folder again if its Python is gone, or if it was never finished.
if ! works "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(python_found)
    rm -rf "$venv"
    if "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        "$python" -m venv "$venv"
    elif "$python" -m virtualenv --version >/dev/null 2>&1; then
        "$python" -m virtualenv --quiet "$venv"
    else
        echo "$python cannot make environments: install its venv module (Debian, Ubuntu:" \
            "apt install python3-venv), then type the same command again" >&2
        exit 1
    fi
fi

echo "Installing the packages of requirements.lock into $venv …" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# So that not even the first command has to compile it.
"$venv/bin/python" -m compileall -q src
