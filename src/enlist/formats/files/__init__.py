"""Files: size limits, kinds of files, and new files that only their owner can read."""
