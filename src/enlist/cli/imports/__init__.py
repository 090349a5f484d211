"""Commands for imports: plan, apply, undo, approve."""
