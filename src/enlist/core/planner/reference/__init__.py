"""The reference planner: rows one after the other, each seeing what those before it did.

It is the rules, said plainly, and the oracle of the vectorised planner, which must come to the same Part.

walk.py     the rows, one by one: who is meant, what becomes of it     ledger.py  the directory at this moment, as dicts
person.py   what a row makes of its person                             visit.py   a row and what is said about it
courses.py  what a row says about courses                              absence.py  whom no row names
defaults.py what defaults make of names

What the specification leaves open is decided so:

Match      A row means whoever all its keys name that name anybody (a blank key names nobody). Nobody in common is
           `two_people`, several are `ambiguous_key`. Keys are compared folded, ID numbers exactly.
Twice      Rows that found or made the same person are flagged: the first with the second's line, the others with the
           first's. Rows that failed before anybody was found are not among them.
Out        A row with an error of its own changes nothing, and all its errors are told, those of its courses too. A
           skipped or protected row is not looked at further.
Defaults   One applies where the row says nothing; one that expands to nothing is none. A cell that was refused did say
           something: a typing error must not turn into the default. Patterns see the names as the row leaves them;
           what they make is cleaned as a cell is, and what is wrong with it is flagged on the row.
New        A profile field's own default is the last resort, as it stands. A refused cell of a required one is
           `profile_missing`.
Known      A profile field with a default of its own is never missing: whoever has no value has the default (§1.4).
E-mail     A default makes addresses of new people alone, as in the peer (§2.9).
           One that differs from the stored one only in case is no change. An address is checked where it changes.
Blank      A blank that is meant (`blank_cell = literal`) wipes, names and e-mail with a warning; but not a language or
           a choice, as in the peer. Of a new person it is a blank, which no default fills.
Allowed    A username or site role that differs from the person's own is flagged, whatever `update_details` says.
Inactive   Whoever is listed and is to be reactivated need not change otherwise; a failed or skipped row wakes nobody.
Listed     Whoever has, before all rows, a match key that any row names, failed and skipped ones included. A failed row
           without such a key may mean anybody, and so may one whose cells or lines have run together.
Enrolments A further role of somebody suspended in that course is suspended too: nothing in the row asks for a change.
Groups     Digits are an id. Where groups are created, they are the name of one as well, if the course has no such id.
Fates      `enrolled` and `grouped` are rows that change nothing else.

Source: spec/policies.md; spec/moodle-upload.md §1.2–§1.4, §2, §5 with D1–D15; EC-02…EC-26.
"""

from enlist.core.planner.reference.walk import plan_rows, walk

__all__ = ["plan_rows", "walk"]
