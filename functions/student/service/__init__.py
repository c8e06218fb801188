"""Use cases: load, decide, one transaction."""
