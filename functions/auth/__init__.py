"""Accounts: registration, sign-in, sessions, passwords, profiles, and their place at the gateway."""

from lms import models as models  # Before FastAPI, so that its models too are built when they are first used.
