"""What rows say about people: which person each row means, their names and values, passwords, and who is protected."""
