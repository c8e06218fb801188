"""The use cases of payment: load, decide, one transaction."""
