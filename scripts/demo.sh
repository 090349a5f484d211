#!/bin/sh
# The demo of `make run`: a demo school, and commands that a person would type.
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

# Some rows of the example have errors on purpose, so the import leaves them out and ends with exit code 6.
typed enlist import examples/roster.csv --set upload_type=add_and_update --set update_details=from_file \
    --failures "$ENLIST_HOME/failed.csv" --yes || [ $? -eq 6 ]
typed enlist imports

printf '\nTo take it back: ENLIST_HOME=%s .venv/bin/enlist undo 1\n' "$ENLIST_HOME"
