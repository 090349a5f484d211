"""Background jobs and their queue."""
