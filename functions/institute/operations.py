"""What an operator does by invoking a function: republishing the institute's settings."""

from institute.service.republish import SETTINGS
from lms.republish import Republisher

handler = Republisher(SETTINGS)
