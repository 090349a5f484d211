"""Imports: their records, files, edits, plans and history."""
