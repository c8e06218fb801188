"""The schedules of courses, and by them a student's exams in all courses at once."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from exam.rules.standing import State
from exam.schemas.exams import ExamDetails
from exam.service import standings, views
from exam.tables import Exam, StoredSchedule, StoredStanding
from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, read_together
from lms.errors import Conflict
from lms.pages import Page, PageRequest, slice_page

# A schedule has to fit into one item.
_MOST_PUBLISHED = 1_000


class TooManyExams(Conflict):
    code = "too-many-exams"
    detail = "A course can have at most {limit} published exams."


class _Entry(NamedTuple):
    opens_at: datetime
    exam_id: UUID
    closed_at: datetime
    course_id: UUID

    def may_be(self, state: State | None, now: datetime) -> bool:
        """Whether the exam may be in this state for any student."""
        if state == "upcoming":
            return now < self.opens_at
        return state is None or (self.opens_at <= now and (state == "over" or now < self.closed_at))


def note(tx: Transaction, exam: Exam) -> None:
    """Adds to the transaction what changes of an exam in the schedule of its course; raises `TooManyExams`."""
    stored = StoredSchedule.find(exam.course_id) or StoredSchedule(course_id=exam.course_id)
    exams = dict(stored.exams)
    if exam.published:
        exams[str(exam.id)] = [exam.opens_at.isoformat(), exam.last_closing.isoformat()]
    else:
        exams.pop(str(exam.id), None)
    if exams == stored.exams:
        return
    if len(exams) > _MOST_PUBLISHED:
        raise TooManyExams(limit=_MOST_PUBLISHED)
    stored.exams = exams
    tx.put(stored)


def list_own(caller: Caller, state: State | None, paging: PageRequest, now: datetime) -> Page[ExamDetails]:
    """A student's exams in all courses, soonest first: one query, and two reads of items for a page.

    Exams of courses that the student has left are among them if they began them or have a result.
    """
    statuses = {each.course_id: each.status for each in roster.courses_of("student", caller.id)}
    schedules = read_together([(StoredSchedule, course_id, None) for course_id in statuses])
    entries = sorted(entry for stored in schedules if stored for entry in _entries(stored) if entry.may_be(state, now))
    part, after = slice_page(entries, lambda entry: entry.exam_id, paging)
    found = read_together(
        [
            *((Exam, entry.exam_id, None) for entry in part),
            *((StoredStanding, entry.exam_id, caller.id) for entry in part),
            *(roster.course_key(course_id) for course_id in {entry.course_id for entry in part}),
        ]
    )
    exams, stored_standings, rest = found[: len(part)], found[len(part) : 2 * len(part)], found[2 * len(part) :]
    courses = {course.id: course for course in rest if course}
    shown = [
        _shown(exam, stored, courses, statuses, caller, now)
        for exam, stored in zip(exams, stored_standings, strict=True)
        if exam
    ]
    return paging.page([view for view in shown if view and state in (None, view.state)], after)


def _entries(stored: StoredSchedule) -> Iterator[_Entry]:
    for exam_id, (opens_at, closed_at) in stored.exams.items():
        yield _Entry(
            datetime.fromisoformat(opens_at), UUID(exam_id), datetime.fromisoformat(closed_at), stored.course_id
        )


def _shown(
    exam: Exam,
    stored: StoredStanding | None,
    courses: Mapping[UUID, roster.Course],
    statuses: Mapping[UUID, roster.EnrollmentStatus],
    caller: Caller,
    now: datetime,
) -> ExamDetails | None:
    course = courses.get(exam.course_id)
    standing = standings.of(exam, stored, caller.id, now)
    is_enrolled = statuses[exam.course_id] in roster.ENROLLED
    if course is None or not exam.published or not (is_enrolled or standing.has_part):
        return None
    return views.exam_for_student(exam, course, standing, now, may_begin=is_enrolled)
