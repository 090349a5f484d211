"""Background jobs: queue them, do them, check the rights of whoever asked for them."""
