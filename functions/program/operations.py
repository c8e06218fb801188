"""What an operator does by invoking a function: telling programs, courses and enrolments again."""

from lms.republish import Republisher
from program.service.republish import WAYS, everything

handler = Republisher(everything, WAYS)
