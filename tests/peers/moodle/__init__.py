"""Moodle's “Upload users”, as recorded: what it did with files, options and people, and what Enlist does with them.

case.py      a recorded case, in one shape      site.py        the case's people and courses in the database
settings.py  Moodle's options as a Policy       outcome.py     what an import of ours came to, in the case's words
judge.py     where the two differ               reasons.py     which of the differences are on purpose, and why

`python -m tests.peers.moodle FILE.json…` replays cases on SQLite, and on PostgreSQL where DATABASE_URL names one.
"""
