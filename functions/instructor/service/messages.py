"""Messages to a class: accepted here, sent by notification."""

from datetime import datetime
from uuid import UUID

from instructor.schemas import Accepted, ClassMessage
from instructor.service import classes
from lms import roster
from lms.dynamo import transaction
from lms.errors import Forbidden
from lms.events.messages import MessageRequested
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.refusals import CourseNotFound, RecipientOutsideCourse


class NotTaught(Forbidden):
    detail = "This instructor does not teach this course."


def send(
    teacher_id: UUID, sender_id: UUID, message: ClassMessage, idempotent: IdempotentAnswer, now: datetime
) -> Accepted:
    """Requests a message to the students of a course, all or some; answers how many get it.

    Raises `TeacherNotFound`, `NotTaught`, `CourseNotFound`, `RecipientOutsideCourse`.
    """
    if message.course_id not in classes.courses_of(teacher_id, now):
        raise NotTaught
    # A deleted course is gone at once; the assignment ends a moment later.
    if roster.find_course(message.course_id) is None:
        raise CourseNotFound
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
                teacher_id=teacher_id,
                accepted=answer.accepted,
                course_id=message.course_id,
                recipient_ids=recipients,
                **message.content(),
            ),
            now,
        )
        idempotent.record(tx, answer, status=202)
    return answer


def _require_in_class(message: ClassMessage, recipients: tuple[UUID, ...]) -> None:
    members = roster.enrollments_of(recipients, message.course_id)
    for position, recipient in enumerate(message.recipient_ids or ()):
        if members.get(recipient) not in roster.ENROLLED:
            raise RecipientOutsideCourse("recipient_ids", position)
