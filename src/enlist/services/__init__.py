"""Use cases: functions called noun_verb, keyword-only, one transaction each."""
