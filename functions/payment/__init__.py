"""Vouchers, and whether they are paid."""

import lms as lms  # Before FastAPI, so that its models too are built when they are first used.
