"""Delimited and pasted text."""
