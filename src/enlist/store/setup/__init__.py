"""An organisation's setup: tables, courses, groups, profile fields, limits."""
