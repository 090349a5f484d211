"""Pages for signing in, one's own password, and the team."""
