"""What students, teachers and administrators see: the institute's front page and the screens behind it."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
