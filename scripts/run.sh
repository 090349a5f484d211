#!/bin/sh
# What `make run` does: the demo school with its import, then the web application and its worker until Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export ENLIST_HOME="${ENLIST_HOME:-$PWD/var}"

sh scripts/demo.sh

printf '\nThe web application is at http://127.0.0.1:8000. Sign in there as an owner of the demo school:\n'
enlist team password tamar.beridze --keep
printf '\n'
exec enlist serve
