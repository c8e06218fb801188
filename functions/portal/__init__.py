"""The front door: the system's health, and the API and the events as pages."""
