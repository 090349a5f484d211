"""Headers: which column of a file means which field."""
