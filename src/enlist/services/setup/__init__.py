"""What an organisation sets up: its name, courses, groups, profile fields, limits."""
