"""Flags: findings about cells, rows and files."""
