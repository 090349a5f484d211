"""Comparing values: which of a column are alike, which look alike, which is the nearest valid one."""
