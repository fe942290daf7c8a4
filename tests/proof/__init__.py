"""Proof that the walls hold: the world, the policy's expectations, probes by SQL and by HTTP, seeded defects."""
