"""The site's key, and sealing with it."""
