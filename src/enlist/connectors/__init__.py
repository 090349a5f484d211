"""Other systems, one drawer each."""
