"""Messages to people: which event makes which, and their way out by mail and SMS."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
