"""Vouchers whose due date has passed."""

from datetime import datetime
from uuid import UUID

from lms.due import DueWork
from lms.dynamo import retry_stale, transaction
from payment.service import vouchers
from payment.tables import Voucher


class OverdueVouchers(DueWork[Voucher]):
    """Unpaid vouchers whose due date has passed."""

    index = Voucher.due_index

    def run(self, item: Voucher) -> None:
        _mark(item.student_id, item.id, self.tick.now)


@retry_stale
def _mark(student_id: UUID, voucher_id: UUID, now: datetime) -> None:
    voucher = Voucher.get(student_id, voucher_id, consistent_read=True)
    if voucher.status != "unpaid" or vouchers.status_of(voucher, now.date()) != "overdue":
        return
    voucher.status, voucher.due_shard, voucher.updated_at = "overdue", None, now
    with transaction() as tx:
        tx.put(voucher)
