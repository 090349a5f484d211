#!/bin/sh
# What `make run` shows: a demo school, and what a person types there.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export ENLIST_HOME="${ENLIST_HOME:-$PWD/var}"

typed() {
    printf '\n$ %s\n' "$*"
    "$@"
}

typed enlist init --demo
typed enlist people list --limit 5

# Some rows of the example are wrong on purpose: they are told, left out, and 6 is the code that says so.
typed enlist import examples/roster.csv --set upload_type=add_and_update --set update_details=from_file \
    --failures "$ENLIST_HOME/failed.csv" --yes || [ $? -eq 6 ]
typed enlist imports

printf '\nTo take it back: ENLIST_HOME=%s .venv/bin/enlist undo 1\n' "$ENLIST_HOME"
