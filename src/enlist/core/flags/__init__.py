"""Flags: what is said about cells, rows and files."""
