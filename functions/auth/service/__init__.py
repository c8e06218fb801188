"""The use cases of accounts: load, decide, one transaction."""
