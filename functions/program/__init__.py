"""Programs, their courses, and who is enrolled."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
