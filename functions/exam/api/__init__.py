"""The routes of exam, a module a subject."""

# Each puts its routes on the application.
from exam.api import accommodations, attempts, bank, exams, marking, questions, results  # noqa: F401
from exam.api.application import app
from lms.http import LambdaHandler

handler = LambdaHandler(app)
