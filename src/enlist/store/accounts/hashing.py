"""Hashing: Argon2id with the parameters that OWASP's password storage sheet names first."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: as hard to guess as Django's 100 MiB in eight lanes is costly to make in bulk."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
