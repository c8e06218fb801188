"""Republishing every voucher, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime

from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection
from payment.service import vouchers
from payment.tables import Voucher

# In the order in which vouchers move on, so that none is missed by moving.
_STATUSES = ("unpaid", "overdue", "paid", "cancelled")


def _vouchers(paging: PageRequest) -> tuple[Sequence[Voucher], Position | None]:
    return query_page(Voucher.status_index, _STATUSES, paging)


@retry_stale
def _republish(listed: Voucher, now: datetime) -> None:
    voucher = Voucher.get(listed.student_id, listed.id, consistent_read=True)
    with transaction() as tx:
        tx.check(Voucher, voucher.student_id, voucher.id, Voucher.version == voucher.version)
        emit_again(tx, vouchers.event_of(voucher), now)


VOUCHERS = Collection(_vouchers, _republish)
