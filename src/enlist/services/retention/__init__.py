"""How long data is kept; backup and restore."""
