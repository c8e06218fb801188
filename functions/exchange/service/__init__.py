"""The use cases of imports and exports: load, decide, one transaction."""
