"""What an operator does by invoking a function: republishing assignments."""

from instructor.service.republish import TEACHERS
from lms.republish import Republisher

handler = Republisher(TEACHERS)
