"""Vouchers whose day has passed."""

import random
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from lms.dynamo import retry_stale, transaction
from payment.rules import DUE_SHARDS
from payment.service import vouchers
from payment.tables import DueIndex, Voucher


def due(now: datetime) -> Iterator[tuple[UUID, UUID]]:
    """Whose vouchers are to be marked, and which."""
    # In no fixed order: what is stuck in one shard must not take the others' time every minute.
    for shard in random.sample(range(DUE_SHARDS), DUE_SHARDS):
        for voucher in Voucher.due_index.query(shard, DueIndex.due_date < now.date().isoformat()):
            yield voucher.student_id, voucher.id


@retry_stale
def mark(student_id: UUID, voucher_id: UUID, now: datetime) -> None:
    """Marks a voucher as overdue, unless it was paid meanwhile."""
    voucher = Voucher.get(student_id, voucher_id, consistent_read=True)
    if voucher.status != "unpaid" or vouchers.status_of(voucher, now.date()) != "overdue":
        return
    voucher.status, voucher.due_shard, voucher.updated_at = "overdue", None, now
    with transaction() as tx:
        tx.put(voucher)
