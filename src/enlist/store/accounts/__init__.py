"""Accounts: their passwords and sessions, and failed attempts to sign in."""
