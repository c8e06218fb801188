"""The system's health, and the pages for developers: what runs, the API, the events."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
