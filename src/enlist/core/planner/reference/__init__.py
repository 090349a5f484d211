"""The reference planner: rows one by one, each seeing what earlier rows did.

It states the rules plainly and is the oracle of the vectorised planner, which must return the same Part.

walk.py     the rows, one by one: who they match, what they change     ledger.py  the current directory, as dicts
person.py   what a row changes about its person                        visit.py   a row, its status and its flags
courses.py  what a row requests of courses                             unlisted.py  people that no row names
defaults.py values from the policy's defaults                          groups.py    the column of groups

Decisions where the specification is silent:

Match      A row means the one person that all its non-blank keys with an owner have in common. Nobody in common is
           `two_people`, several are `ambiguous_key`. Keys are compared folded, ID numbers exactly.
Twice      Rows that found or made the same person are flagged: the first with the second's line, the others with the
           first's. Rows that failed before anybody was found are not among them.
Exchange   A unique value that its owner gives up in a later row is free, so people may exchange values; until that row
           it means the owner. If the owner keeps it, the row that wants it fails.
Out        A row with an error of its own changes nothing, and all its errors are flagged, those of its courses too. A
           skipped or protected row is not processed further.
Defaults   One applies if the row has no cell for the field; a blank result doesn't count. A refused cell is a cell: a
           typing error must not turn into the default. Patterns use the names as the row leaves them; their result
           is cleaned like a cell, and what is wrong with it is flagged on the row.
New        A profile field's own default is the last resort, taken as it is. A refused cell of a required one is
           `profile_missing`.
Known      A profile field with a default is never missing: it counts for people without a value (§1.4).
E-mail     A default gives addresses to new people only, as in the peer (§2.9).
           A change of case alone doesn't count. An address is checked if it changes.
Blank      An intentional blank (`blank_cell = literal`) wipes, names and e-mail with a warning; but not a language or
           a choice, as in the peer. For a new person it stays blank, and no default fills it.
Allowed    A username or site role that differs from the person's own is flagged, whatever `update_details` says.
Inactive   A listed person who is reactivated need not change otherwise; a failed or skipped row reactivates nobody.
Listed     People with, before all rows, a match key that any row names, failed and skipped rows included. A failed row
           without such a key may mean anybody, and so may one whose cells or lines have run together.
Enrolments If a person is suspended in a course, a further role there is suspended too: the row asks for no change.
Groups     Digits are an id. If groups are created, they are also a name, if the course has no such id.
Mirror     All rows of a person together name their groups. Who ends up inactive leaves none, and nobody leaves the
           home group, else the next import would take new people out of it.
Statuses   `enrolled` and `grouped` are for rows that change nothing else.

Source: spec/policies.md; spec/moodle-upload.md §1.2–§1.4, §2, §5 with D1–D15; EC-02…EC-26.
"""

from enlist.core.planner.reference.walk import plan_rows, walk

__all__ = ["plan_rows", "walk"]
