"""The use cases of institute: load, decide, one transaction."""
