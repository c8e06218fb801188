"""The front door: the system's health, and the API and the events as pages."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
