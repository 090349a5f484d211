"""Django forms. Services check and save their values."""
