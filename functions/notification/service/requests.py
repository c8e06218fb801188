"""Messages that people ask for: accepted here, told from their event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import transaction
from lms.errors import Forbidden, Invalid, NotFound
from lms.events import MessageRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from notification.schemas import Accepted, NewMessage

_FARTHEST = timedelta(days=365)


def accept(body: NewMessage, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> Accepted:
    """Asks for a message to people, a class, or some of it; says how many get it.

    Raises `Forbidden` for a course that the caller does not teach, `NotFound`, and `Invalid` for recipients who do not
    exist or do not belong to the course.
    """
    if body.send_at is not None and body.send_at > now + _FARTHEST:
        raise Invalid(["body", "send_at"], "A year from now is the farthest.", "too_late")
    if body.course_id is not None:
        access.require_teaching(caller, body.course_id)
        if roster.find_course(body.course_id) is None:
            raise NotFound("There is no such course.")
    elif caller.role != "admin":
        raise Forbidden("Teachers write to courses of their own.")
    recipients = list(dict.fromkeys(body.recipient_ids or ()))
    _require_known(body, recipients, caller)
    accepted = len(recipients) if body.course_id is None or recipients else roster.count_class(body.course_id)
    answer = Accepted(accepted=accepted)
    with transaction() as tx:
        emit(
            tx,
            MessageRequested(
                version=1,
                message_id=uuid7(),
                sender_id=caller.id,
                course_id=body.course_id,
                recipient_ids=tuple(recipients),
                **body.content(),
            ),
            now,
        )
        idempotent.record(tx, answer, status=202)
    return answer


def _require_known(body: NewMessage, recipients: Sequence[UUID], caller: Caller) -> None:
    if caller.role == "admin" or body.course_id is None:
        known = set(roster.find_users(recipients))
    else:
        members = roster.enrollments_of(recipients, body.course_id)
        known = {person for person, status in members.items() if status in roster.ENROLLED}
    for place, recipient in enumerate(body.recipient_ids or ()):
        if recipient not in known:
            raise Invalid(["body", "recipient_ids", place], "Nobody whom you may write to so.", "unknown")
