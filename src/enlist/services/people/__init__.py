"""People: list, show, edit, change many, delete for good."""
