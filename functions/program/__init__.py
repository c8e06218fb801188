"""Programs, their courses, and who is enrolled."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
