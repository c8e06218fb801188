"""Students: their profiles, their report cards, what they have learnt so far."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
