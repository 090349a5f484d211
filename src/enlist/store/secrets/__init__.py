"""The site's key, and what is sealed with it."""
