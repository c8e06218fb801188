"""The answer to `CoursesRequested` of a service that cannot do what was asked for."""

from datetime import datetime
from uuid import UUID

from lms.dynamo import Stale, transaction
from lms.events.users import CourseRefusal, CourseRequestRefused, CoursesRequested
from lms.outbox import emit


def refuse(request: CoursesRequested, course_id: UUID, reason: CourseRefusal, now: datetime) -> None:
    """Emits that a person did not get into a course; once, however often the request comes."""
    refusal = CourseRequestRefused(
        version=1,
        import_id=request.import_id,
        user_id=request.user_id,
        course_id=course_id,
        requested_by=request.requested_by,
        reason=reason,
    )
    try:
        with transaction() as tx:
            emit(tx, refusal, now)
    except Stale:
        # It was emitted when the request came before.
        return
