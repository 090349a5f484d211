"""Workbooks: `child.py` and what it imports run in the cage and never import Polars; `cage.py` starts it."""
