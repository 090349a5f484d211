"""Use cases, noun_verb, keyword-only, one transaction each."""
