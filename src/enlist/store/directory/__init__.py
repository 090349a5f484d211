"""The directory as plans need it: who a file names, and who it doesn't."""
