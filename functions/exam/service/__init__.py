"""The use cases of exam."""
