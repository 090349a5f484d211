"""What rows say about courses: enrolments and course groups."""
