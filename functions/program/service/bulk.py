"""Enrolling a whole list of students at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lms import roster
from lms.dynamo import transaction
from lms.errors import Problem
from lms.idempotency import IdempotentAnswer
from lms.refusals import NotInGoodStanding
from program import rules
from program.schemas import BulkEnrolled, BulkOutcome, EnrollmentView, Outcome
from program.service import courses
from program.service.enrollments import MOST_AT_ONCE, enroll_all

_OUTCOMES: dict[type[Problem], Outcome] = {
    rules.UnknownStudent: "unknown",
    NotInGoodStanding: "standing",
    rules.AlreadyEnrolled: "already-enrolled",
    rules.EnrollmentClosed: "closed",
    rules.CourseFull: "full",
    rules.CourseUnpaid: "unpaid",
}


def enroll_list(
    course_id: UUID, given: Sequence[str], actor_id: UUID, idempotent: IdempotentAnswer, now: datetime
) -> BulkEnrolled:
    """As `enroll`; the same list under the same key gets the first outcomes again. Raises `CourseNotFound`."""
    answer = _counted(enroll(course_id, given, actor_id, now))
    with transaction() as tx:
        idempotent.record(tx, answer, status=200)
    return answer


def _counted(rows: list[BulkOutcome]) -> BulkEnrolled:
    counts = Counter(row.outcome for row in rows)
    enrolled, already_enrolled = counts["enrolled"], counts["already-enrolled"]
    return BulkEnrolled(
        enrolled=enrolled,
        already_enrolled=already_enrolled,
        not_enrolled=len(rows) - enrolled - already_enrolled,
        outcomes=rows,
    )


def enroll(course_id: UUID, given: Sequence[str], actor_id: UUID | None, now: datetime) -> list[BulkOutcome]:
    """Enrols students named by id, e-mail address or roll number, first come, first served: one outcome a row.

    A student named twice is enrolled once. Sent again, it enrols those still missing. Raises `CourseNotFound`.
    """
    courses.get(course_id)
    ids = _resolve(given)
    people = roster.find_users(ids.values())
    unconfirmed = roster.find_unconfirmed(name for name in given if name not in ids)
    outcomes = _enroll_each(course_id, list(dict.fromkeys(ids[name] for name in given if name in ids)), actor_id, now)
    rows = []
    for name in given:
        student_id = ids.get(name)
        outcome: Outcome = "unconfirmed" if name in unconfirmed else "unknown"
        if student_id:
            outcome = outcomes[student_id]
        person = people.get(student_id) if student_id else None
        rows.append(
            BulkOutcome(
                student=name, student_id=student_id, student_name=person.name if person else None, outcome=outcome
            )
        )
        if student_id and outcome == "enrolled":
            outcomes[student_id] = "already-enrolled"
    return rows


def _resolve(given: Sequence[str]) -> dict[str, UUID]:
    ids = {name: student_id for name in given if (student_id := _as_id(name))}
    return ids | roster.find_by_name(name for name in given if name not in ids)


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _enroll_each(
    course_id: UUID, student_ids: Sequence[UUID], actor_id: UUID | None, now: datetime
) -> dict[UUID, Outcome]:
    outcomes: dict[UUID, Outcome] = {}
    for start in range(0, len(student_ids), MOST_AT_ONCE):
        some = student_ids[start : start + MOST_AT_ONCE]
        for student_id, answer in zip(some, enroll_all(course_id, some, actor_id, now), strict=True):
            outcomes[student_id] = "enrolled" if isinstance(answer, EnrollmentView) else _OUTCOMES[type(answer)]
    return outcomes
