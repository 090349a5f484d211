"""The directory: what exists now, as far as an import can change it."""
