"""Each minute: unpaid vouchers whose due date has passed become overdue."""

from lms.due import DueHandler
from payment.service.overdue import OverdueVouchers

handler = DueHandler(OverdueVouchers)
