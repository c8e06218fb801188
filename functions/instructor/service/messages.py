"""Messages to a class: accepted here, sent by notification."""

from datetime import datetime
from uuid import UUID

from instructor.schemas import Accepted, ClassMessage
from instructor.service import classes
from lms import roster
from lms.dynamo import transaction
from lms.errors import Forbidden, Invalid, NotFound
from lms.events import MessageRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit


def send(
    instructor_id: UUID, sender_id: UUID, message: ClassMessage, idempotent: IdempotentAnswer, now: datetime
) -> Accepted:
    """Asks for a message to the students of a course, all or some; says how many get it.

    Raises `Forbidden` for a course that the instructor does not teach, `NotFound` without the instructor or the course,
    `Invalid` for recipients who do not belong to it.
    """
    if message.course_id not in classes.courses_of(instructor_id, now):
        raise Forbidden("This instructor does not teach this course.")
    # A deleted course is gone at once; the assignment ends a moment later.
    if roster.find_course(message.course_id) is None:
        raise NotFound("There is no such course.")
    recipients = tuple(dict.fromkeys(message.recipient_ids or ()))
    _require_in_class(message, recipients)
    answer = Accepted(accepted=len(recipients) or roster.count_class(message.course_id))
    with transaction() as tx:
        emit(
            tx,
            MessageRequested(
                version=1,
                message_id=uuid7(),
                sender_id=sender_id,
                course_id=message.course_id,
                recipient_ids=recipients,
                kind=message.type,
                subject_line=message.subject,
                message=message.message,
                channels=tuple(dict.fromkeys(message.channels)),
                send_at=message.send_at,
            ),
            now,
        )
        idempotent.record(tx, answer, status=202)
    return answer


def _require_in_class(message: ClassMessage, recipients: tuple[UUID, ...]) -> None:
    members = roster.enrollments_of(recipients, message.course_id)
    for position, recipient in enumerate(message.recipient_ids or ()):
        if members.get(recipient) not in roster.ENROLLED:
            raise Invalid(["body", "recipient_ids", position], "This is no student of the course.", "unknown")
