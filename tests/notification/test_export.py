"""What notification adds to a person's export."""

import json
from typing import Any
from uuid import uuid4

from lms.events.exports import ExportPartAdded, ExportRequested
from tests.conftest import Outbox
from tests.notification.servers import MailServer
from tests.notification.world import CODE, LINK_TOKEN, School
from tests.people import sign_in


def test_contact_messages_and_what_is_planned_are_added_without_codes(
    school: School, mail_server: MailServer, outbox: Outbox, bucket: Any
) -> None:
    school.process(
        school.profile(), school.enrolled(), school.issued(), school.enrolled(student_id=sign_in("student").id)
    )
    school.deliver()
    school.process(school.requested(sender_id=school.student.id, recipient_ids=(school.teacher.id,)))
    school.process(school.reset_requested())
    school.prefer(time_zone="Asia/Karachi")
    school.http.post(school.path("readAll"), token=school.student.token)
    requested = ExportRequested(version=1, export_id=uuid4(), person_id=school.student.id)
    school.consume(requested, requested)
    [found] = bucket.objects.all()
    assert found.key == f"exports/{school.student.id}/{requested.export_id}/parts/notification.json"
    text = found.get()["Body"].read().decode()
    part = json.loads(text)
    contact, preferences, read_mark = part["Contacts"]
    assert (contact["email"], preferences["time_zone"]) == ("new@example.org", "Asia/Karachi")
    assert read_mark["read_until"]
    assert sorted((row["type"], row["channel"]) for row in part["Notifications"]) == [
        ("enrolled", "email"),
        ("enrolled", "in_app"),
        ("password_reset", "email"),
        ("voucher_issued", "email"),
        ("voucher_issued", "in_app"),
    ]
    assert sorted(row["kind"] for row in part["Broadcasts"]) == [
        "announcement",
        "payment_due_soon",
        "payment_overdue",
    ]
    assert "You are now enrolled in Agents." in text
    for secret in (CODE, LINK_TOKEN, "eyJ"):
        assert secret not in text
    [added] = outbox.of(ExportPartAdded)
    assert added.service == "notification"
