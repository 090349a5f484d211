"""Enlist brings people into a learning platform from any spreadsheet: plan, apply, undo."""
