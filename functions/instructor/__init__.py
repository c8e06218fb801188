"""Instructors, the courses they teach, and their classes."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
