"""Pages of what an organisation sets up."""
