"""Imports that are being prepared: how the file is read, its columns, settings, cells."""
