"""The domain: pure and columnar, without clock, randomness, Django or disk."""
