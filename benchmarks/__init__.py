"""How fast Enlist is and how much memory it takes, against the bare load of the same rows and against its peers."""
