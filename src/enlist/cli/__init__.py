"""The counter at the terminal: parse, call, print, exit code."""
