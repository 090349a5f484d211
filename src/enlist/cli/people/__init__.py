"""Commands for people: list, edit, export, history."""
