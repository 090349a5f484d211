"""Erase a person from everything that is kept, and again after a restore."""
