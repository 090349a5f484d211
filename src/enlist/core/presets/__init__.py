"""Ready-made ways to import, one per module, strangers to each other."""
