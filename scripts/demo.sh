#!/bin/sh
# What `make run` shows: a demo school, and a roster imported into it by the command a person would type.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/django-admin migrate --settings enlist.project.settings
