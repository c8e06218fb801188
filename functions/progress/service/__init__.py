"""The use cases of progress: load, decide, one transaction."""
