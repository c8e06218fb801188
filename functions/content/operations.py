"""What an operator does by invoking a function: republishing outlines."""

from content.service.republish import OUTLINES
from lms.republish import Republisher

handler = Republisher(OUTLINES)
