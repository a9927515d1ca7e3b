"""Sends what the outbox holds: a thread in the embedded default, a process of its own elsewhere."""
