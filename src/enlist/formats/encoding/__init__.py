"""Encodings: bytes of any kind as UTF-8."""
