"""The counter in the browser."""
