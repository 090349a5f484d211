"""Files: how much one may hold, what kind it is, and new ones for their owner alone."""
