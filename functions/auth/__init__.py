"""Accounts: registration, sign-in, sessions, passwords, profiles, and their place at the gateway."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
