"""Bytes in, Table out, and back."""
