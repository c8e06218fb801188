"""What an operator does by invoking a function: republishing the institute's settings, and its terms on the Roster."""

from institute.service.republish import SETTINGS, TERMS
from lms.republish import Republisher

handler = Republisher(SETTINGS, TERMS)
