"""What is written while an import is being applied: leases, jobs and their progress."""
