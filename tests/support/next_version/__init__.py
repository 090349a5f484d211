"""The next version of Enlist, which has one more step of the tables."""
