"""What an operator does by invoking a function: republishing exams and results."""

from exam.service.republish import COURSES
from lms.republish import Republisher

handler = Republisher(COURSES)
