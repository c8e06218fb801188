"""What an operator does by invoking a function: republishing progress, attendance and feedback."""

from lms.republish import Republisher
from progress.service.republish import COURSES

handler = Republisher(COURSES)
