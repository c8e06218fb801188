"""Telling every voucher again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, key_in, words_from
from payment.service import vouchers
from payment.tables import Voucher

# In the order in which vouchers move on, so that none is missed by moving.
_STATUSES = ("unpaid", "overdue", "paid")
WAYS = rf"({'|'.join(_STATUSES)}) \d{{4}}-\d\d-\d\d#{ID}"


def everything(last: Way) -> Iterator[Row]:
    """Every voucher (`lms.republish.Rows`)."""
    for status in words_from(_STATUSES, last):
        begin = key_in(last, (status,))
        onward = Voucher.due_order >= begin if begin is not None else None
        for voucher in Voucher.status_index.query(status, onward):
            yield (status, voucher.due_order), partial(_tell, voucher.student_id, voucher.id)


@retry_stale
def _tell(student_id: UUID, voucher_id: UUID) -> None:
    voucher = Voucher.get(student_id, voucher_id, consistent_read=True)
    with transaction() as tx:
        tx.check(Voucher, student_id, voucher_id, Voucher.version == voucher.version)
        emit_again(tx, vouchers.told(voucher), now())
