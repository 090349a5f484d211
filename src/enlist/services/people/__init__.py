"""People: list, show, edit, bulk actions, delete for good."""
