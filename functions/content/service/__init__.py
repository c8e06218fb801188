"""The use cases of course content: load, decide, one transaction."""
