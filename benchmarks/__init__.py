"""Measure Enlist's speed and memory, compared with a bare load of the same rows and with its peers."""
