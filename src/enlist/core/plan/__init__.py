"""Plans: every change an import makes, as data."""
