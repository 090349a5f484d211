"""From rows and a directory to a plan."""
