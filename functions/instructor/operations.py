"""What an operator does by invoking a function: telling assignments again."""

from instructor.service.republish import WAYS, everyone
from lms.republish import Republisher

handler = Republisher(everyone, WAYS)
