"""The counter for work in the background."""
