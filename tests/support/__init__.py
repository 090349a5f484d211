"""Shared by tests of several tiers."""
