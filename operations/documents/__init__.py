"""The generators of the documents: what the API and the events are, read from the code."""
