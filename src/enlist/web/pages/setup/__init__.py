"""Pages for setting up an organisation, and its audit log."""
