"""What payment adds to a person's export."""

import json
from typing import Any
from uuid import uuid4

from lms.events.exports import ExportPartAdded, ExportRequested
from tests.conftest import Outbox
from tests.payment.conftest import Payment
from tests.people import sign_in


def test_a_students_vouchers_are_added_and_nobody_elses(payment: Payment, outbox: Outbox, bucket: Any) -> None:
    voucher = payment.issue()
    payment.report(payment.notice(voucher["voucher_no"]))
    payment.issue(sign_in("student"))
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=payment.student.id)
    payment.consume(requested, requested)
    [found] = bucket.objects.all()
    assert found.key == f"exports/{payment.student.id}/{requested.export_id}/parts/payment.json"
    [exported] = json.loads(found.get()["Body"].read())["Vouchers"]
    assert (exported["voucher_no"], exported["reference"]) == (voucher["voucher_no"], "bank-77")
    [added] = outbox.of(ExportPartAdded)
    assert added.service == "payment"
