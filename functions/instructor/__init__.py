"""Instructors, the courses they teach, and their classes."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
