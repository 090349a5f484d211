"""Workbooks: `child.py` and its imports run in the cage and never import Polars; `cage.py` starts it."""
