"""Forms: what pages ask for, cleaned and shown again with its errors; services decide and save."""
