"""The counter for work in the background: each task takes a job's number and has a service do the work."""
