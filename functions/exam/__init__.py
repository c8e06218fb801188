"""Exams: their questions, students' attempts against the clock, grading, release and results."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
