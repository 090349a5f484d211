"""Undo: the plan that reverses an import, except for what was changed since."""
