"""What an organisation sets up: tables, courses, groups, profile fields, limits."""
