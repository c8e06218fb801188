"""Erasure of a student: what they owed and paid stays under their id."""

from datetime import datetime
from uuid import UUID

from lms.dynamo import retry_stale, transaction
from payment.tables import Voucher


def erase(student_id: UUID, now: datetime) -> None:
    """Removes what payers wrote (`reference`) from a student's vouchers; doing it again changes nothing."""
    for voucher in Voucher.query(student_id, consistent_read=True):
        _remove_references(voucher.student_id, voucher.id, now)


@retry_stale
def _remove_references(student_id: UUID, voucher_id: UUID, now: datetime) -> None:
    voucher = Voucher.get(student_id, voucher_id, consistent_read=True)
    if voucher.reference is None and all(notice["reference"] is None for notice in voucher.notices):
        return
    voucher.reference = None
    voucher.notices = [{**notice, "reference": None} for notice in voucher.notices]
    voucher.updated_at = now
    with transaction() as tx:
        tx.put(voucher)
