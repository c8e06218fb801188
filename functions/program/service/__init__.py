"""The use cases of program: load, decide, one transaction."""
