"""Exams: their questions, students' attempts against the clock, grading, release and results."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
