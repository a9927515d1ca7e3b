"""Use cases and queries: the only users of the database session; they never commit."""
