"""Course content: modules, lessons, their resources and files."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
