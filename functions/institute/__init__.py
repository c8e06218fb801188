"""The institute: its settings and terms, who did what, calendars, and what the system holds about a person."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
