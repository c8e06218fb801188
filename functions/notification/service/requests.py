"""Messages that teachers and administrators write: accepted here, sent from their event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import transaction
from lms.errors import Forbidden, InvalidField
from lms.events.messages import MessageRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.refusals import CourseNotFound, RecipientOutsideCourse
from notification.rules.audiences import ROLES
from notification.schemas import Accepted, NewMessage
from notification.service import contacts

_FARTHEST = timedelta(days=365)


class CourseNeeded(Forbidden):
    detail = "Teachers can write only to their own courses. Choose a course."


class SentTooLate(InvalidField):
    field = ("send_at",)
    code = "too_late"
    detail = "Choose a time within the next year."


class RecipientUnknown(InvalidField):
    field = ("recipient_ids",)
    code = "unknown"
    detail = "There is no such user."


def accept(body: NewMessage, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> Accepted:
    """Requests a message to people, a class or some of it, or an audience; answers how many get it.

    Raises `SentTooLate`, `NotCourseTeacher`, `CourseNotFound`, `CourseNeeded`, `RecipientUnknown`,
    `RecipientOutsideCourse`.
    """
    if body.send_at is not None and body.send_at > now + _FARTHEST:
        raise SentTooLate
    if body.course_id is not None:
        access.require_teaching(caller, body.course_id)
        if roster.find_course(body.course_id) is None:
            raise CourseNotFound
    elif caller.role != "admin":
        raise CourseNeeded
    recipients = list(dict.fromkeys(body.recipient_ids or ()))
    _require_known(body, recipients, caller)
    accepted = _count(body, recipients)
    answer = Accepted(accepted=accepted)
    with transaction() as tx:
        emit(
            tx,
            MessageRequested(
                version=1,
                message_id=uuid7(),
                sender_id=caller.id,
                accepted=accepted,
                course_id=body.course_id,
                audience=body.audience,
                recipient_ids=tuple(recipients),
                **body.content(),
            ),
            now,
        )
        idempotent.record(tx, answer, status=202)
    return answer


def _count(body: NewMessage, recipients: Sequence[UUID]) -> int:
    if body.audience is not None:
        return contacts.count_people(ROLES[body.audience])
    return len(recipients) if body.course_id is None or recipients else roster.count_class(body.course_id)


def _require_known(body: NewMessage, recipients: Sequence[UUID], caller: Caller) -> None:
    refusal: type[InvalidField]
    if caller.role == "admin" or body.course_id is None:
        known, refusal = set(roster.find_users(recipients)), RecipientUnknown
    else:
        members = roster.enrollments_of(recipients, body.course_id)
        known = {person for person, status in members.items() if status in roster.ENROLLED}
        refusal = RecipientOutsideCourse
    for position, recipient in enumerate(body.recipient_ids or ()):
        if recipient not in known:
            raise refusal("recipient_ids", position)
