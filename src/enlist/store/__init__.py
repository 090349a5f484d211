"""The only keeper of the database."""
