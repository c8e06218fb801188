"""What payment holds about a person, for their export."""

from datetime import datetime

from lms import exports
from lms.events.exports import ExportRequested
from payment.tables import Voucher


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds a student's vouchers; of others there are none."""
    vouchers = Voucher.query(event.person_id, consistent_read=True)
    exports.add_part(event, "payment", {"Vouchers": exports.rows(vouchers)}, now)
