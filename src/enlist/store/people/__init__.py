"""Find and list people."""
