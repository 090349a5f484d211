"""People: found, changed, listed."""
