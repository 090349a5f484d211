"""Imports in preparation: reading options, columns, settings, cells."""
