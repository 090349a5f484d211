"""Kinds of workbooks: one module for each file format. Imported only in the cage."""
