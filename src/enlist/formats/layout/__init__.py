"""The layout of a table in its file: separators, records, headers, first and last row."""
