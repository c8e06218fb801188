"""Students: their profiles, their report cards, what they have learnt so far."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
