"""Each minute: unpaid vouchers whose day has passed become overdue."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lms.clock import now
from lms.log import logger
from payment.service import overdue

_STOP_BEFORE_MS = 5_000


def handler(_: dict[str, Any], context: LambdaContext) -> None:
    """Marks what is due; what time does not allow is left to the next minute."""
    at, marked = now(), 0
    for student_id, voucher_id in overdue.due(at):
        if context.get_remaining_time_in_millis() < _STOP_BEFORE_MS:
            break
        overdue.mark(student_id, voucher_id, at)
        marked += 1
    logger.info("overdue", extra={"marked": marked})
