#!/bin/sh
# What `make run` shows: a demo school, and what a person types there.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH

typed() {
    printf '\n$ %s\n' "$*"
    "$@"
}

typed enlist init --demo
typed enlist people list --limit 5
