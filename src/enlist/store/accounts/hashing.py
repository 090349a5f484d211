"""Hashing: Argon2id with the first parameters that OWASP's Password Storage Cheat Sheet recommends."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: Django's 100 MiB in eight lanes would be too slow to hash passwords in bulk."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
