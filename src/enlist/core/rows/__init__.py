"""Rows: the cells of a file, cleaned and checked, ready to be planned."""
