"""Pages of an import that is being prepared."""
