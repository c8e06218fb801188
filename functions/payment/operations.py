"""What an operator does by invoking a function: telling vouchers and payments again."""

from lms.republish import Republisher
from payment.service.republish import WAYS, everything

handler = Republisher(everything, WAYS)
