"""The history of the tables: linear, frozen, importing no live code."""
