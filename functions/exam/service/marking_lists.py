"""The list of what a teacher has to mark, over all exams of their courses: a row a teacher and attempt.

Events make the rows, from what is stored when they are consumed, so late and repeated ones do no harm. Who reads the
list looks at the attempts and assignments as well: a row that is not right yet is not shown.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.schemas.marking import AttemptToMark
from exam.service import standings
from exam.tables import Exam, StoredAnswers, StoredStanding, WaitingAttempt, all_exams_of, attempts_key
from lms import roster
from lms.callers import Caller
from lms.dynamo import Key, read_together
from lms.pages import Page, PageRequest, query_page

# Answers may be long.
_READ_AT_ONCE = 25


def list_waiting(caller: Caller, paging: PageRequest) -> Page[AttemptToMark]:
    """What a teacher has to mark, in the order in which the attempts began."""
    found, after = query_page(WaitingAttempt, [caller.id], paging, consistent_read=True)
    by_key = _read(key for row in found for key in _keys(row, caller.id))
    shown = [_view(row, *(by_key[key] for key in _keys(row, caller.id))) for row in found]
    return paging.page([view for view in shown if view], after)


def _keys(row: WaitingAttempt, teacher_id: UUID) -> list[Key]:
    return [
        (Exam, row.of_exam, None),
        (StoredStanding, row.of_exam, row.of_student),
        roster.course_key(row.course_id),
        roster.user_key(row.of_student),
        roster.membership_key("teacher", teacher_id, row.course_id),
    ]


def _read(keys: Iterable[Key]) -> dict[Key, Any]:
    distinct = list(dict.fromkeys(keys))
    return dict(zip(distinct, read_together(distinct), strict=True))


def _view(
    row: WaitingAttempt,
    exam: Exam | None,
    stored: StoredStanding | None,
    course: roster.Course | None,
    student: roster.User | None,
    assignment: roster.Membership | None,
) -> AttemptToMark | None:
    if exam is None or stored is None or course is None or assignment is None:
        return None
    standing = standings.named(stored.standing(exam.settings()), student)
    if row.attempt_id not in standing.waiting:
        return None
    attempt = standing.attempt(row.attempt_id)
    return AttemptToMark(
        attempt_id=attempt.id,
        number=attempt.number,
        exam_id=exam.id,
        exam_title=exam.title,
        course_id=course.id,
        course_title=course.title,
        student_id=standing.student_id,
        student_name=standing.student_name,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
    )


def update(exam_id: UUID, student_id: UUID, now: datetime) -> None:
    """Lists a student's attempts that wait for marks, and no others, with all teachers of the course."""
    standing = standings.load(exam_id, student_id, now)
    if standing is None:
        return
    with WaitingAttempt.batch_write() as batch:
        for teacher_id in roster.teachers_of(standing.settings.course_id):
            for attempt in standing.attempts:
                row = _row(teacher_id, attempt.id, exam_id, student_id, standing.settings.course_id)
                if attempt.id in standing.waiting:
                    batch.save(row)
                else:
                    batch.delete(row)


def update_teacher(teacher_id: UUID, course_id: UUID) -> None:
    """Lists what waits in a course with somebody who teaches it now, and nothing of it with who does not."""
    with WaitingAttempt.batch_write() as batch:
        if roster.teaches(teacher_id, course_id):
            for answers in _waiting_in(course_id):
                batch.save(_row(teacher_id, answers.id, answers.exam_id, answers.student_id, course_id))
        else:
            for row in WaitingAttempt.query(teacher_id, filter_condition=WaitingAttempt.course_id == course_id):
                batch.delete(row)


def _waiting_in(course_id: UUID) -> Iterable[StoredAnswers]:
    for exam in all_exams_of(course_id):
        listed = [each.id for each in StoredAnswers.exam_index.query(attempts_key(exam.id, "pending"))]
        for begin in range(0, len(listed), _READ_AT_ONCE):
            some = listed[begin : begin + _READ_AT_ONCE]
            yield from filter(None, read_together([(StoredAnswers, attempt_id, None) for attempt_id in some]))


def _row(teacher_id: UUID, attempt_id: UUID, exam_id: UUID, student_id: UUID, course_id: UUID) -> WaitingAttempt:
    return WaitingAttempt(teacher_id, attempt_id, of_exam=exam_id, of_student=student_id, course_id=course_id)
