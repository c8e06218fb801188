"""What an operator does by invoking a function: republishing vouchers and payments."""

from lms.republish import Republisher
from payment.service.republish import VOUCHERS

handler = Republisher(VOUCHERS)
