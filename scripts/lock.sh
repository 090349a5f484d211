#!/bin/sh
# Make requirements.lock again from pyproject.toml. Needs uv, which is installed for the occasion.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || {
    .venv/bin/pip install --quiet --target var/uv uv
    PATH=$PWD/var/uv/bin:$PATH
}
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev \
    --custom-compile-command 'make lock' --no-emit-index-url --no-emit-find-links \
    "$@" pyproject.toml -o requirements.lock
