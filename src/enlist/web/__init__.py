"""The counter for browsers: pages that ask services, and never decide."""
