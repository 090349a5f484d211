"""Background jobs: queue them, run them, check the rights of the person who requested them."""
