"""Settings that wire the house together; nobody imports it."""
