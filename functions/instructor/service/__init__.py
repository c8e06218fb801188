"""The use cases of instructor: load, decide, one transaction."""
