"""Cells: the text that a spreadsheet shows for a value with a number format."""
