"""Pages of a draft, one per step."""
