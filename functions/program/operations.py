"""What an operator does by invoking a function: republishing programs, courses and enrolments."""

from lms.republish import Republisher
from program.service.republish import PROGRAMS

handler = Republisher(PROGRAMS)
