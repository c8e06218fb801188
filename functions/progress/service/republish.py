"""Telling progress, attendance and feedback again, for projections that are new or were damaged."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

from lms import roster
from lms.clock import now
from lms.republish import ID, Row, Way, id_in, key_in, onward, words_from
from progress.service import attendance, feedback, learning
from progress.tables import Attendance, Feedback, Progress

_Below = Callable[[UUID, Way, Way], Iterator[Row]]
WAYS = rf"{ID} ((progress|feedback) {ID}|attendance \d{{4}}-\d\d-\d\d)"


def everything(last: Way) -> Iterator[Row]:
    """Course by course everybody's progress, every session, every feedback (`lms.republish.Rows`)."""
    for course_id in roster.courses_from(id_in(last, ())):
        course: Way = (str(course_id),)
        for kind in words_from(tuple(_KINDS), last, course):
            yield from _KINDS[kind](course_id, last, (*course, kind))


def _progress(course_id: UUID, last: Way, above: Way) -> Iterator[Row]:
    for progress in Progress.class_index.query(course_id, onward(Progress.id, last, above)):
        yield (*above, str(progress.id)), partial(learning.tell_again, progress.id, course_id, now())


def _attendance(course_id: UUID, last: Way, above: Way) -> Iterator[Row]:
    begin = key_in(last, above)
    for session in Attendance.query(course_id, Attendance.date >= begin if begin is not None else None):
        yield (*above, session.date), partial(attendance.tell_again, course_id, session.date, now())


def _feedback(course_id: UUID, last: Way, above: Way) -> Iterator[Row]:
    for given in Feedback.query(course_id, onward(Feedback.id, last, above)):
        yield (*above, str(given.id)), partial(feedback.tell_again, course_id, given.id, now())


_KINDS: dict[str, _Below] = {"progress": _progress, "attendance": _attendance, "feedback": _feedback}
