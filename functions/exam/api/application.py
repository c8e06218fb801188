"""The application that the routes of exam are put on."""

from lms.http import create_app

app = create_app("exam")
