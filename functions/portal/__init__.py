"""The front door: what runs and how it is, the API and the events as pages to browse."""
