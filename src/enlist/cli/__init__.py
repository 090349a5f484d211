"""The command line: parse options, call a service, print the answer, exit with a code."""
