"""What an operator does by invoking a function: telling assignments again."""

from instructor.service.republish import everyone
from lms.republish import Republisher

handler = Republisher(everyone)
