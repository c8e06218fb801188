"""Course content: modules, lessons, their resources and files."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
