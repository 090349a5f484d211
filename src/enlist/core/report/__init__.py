"""Reports: what a plan changes, for people to read."""
