"""Imports: plan, preview, approve, apply, undo, list."""
