"""The deterministic simulator: the real use cases and the real database access under seeded chaos.

One seed is one story: agents, recovery workers, a distributor and its network, crashes and frozen
processes, all decided by one random generator and one virtual clock. The same seed tells the same
story again.
"""
