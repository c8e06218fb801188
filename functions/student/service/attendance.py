"""Sessions (a course on a date) from their events into the report cards of everybody on the list.

A list of a thousand students is taken in slices, each a transaction. Whatever stops the work in between, the event
comes again, and slices that were done change nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from lms.dynamo import read_together, retry_stale, transaction
from student import rules
from student.rules import Attendance, Session
from student.service import report_cards
from student.service.enrollments import blank
from student.tables import ReportCard, SessionList

# Few enough that a result which comes at the same moment makes little to do again.
_SLICE = 50


def record(course_id: UUID, day: date, statuses: Mapping[UUID, Attendance], version: int, now: datetime) -> None:
    """Takes over a session as a whole, unless something newer is known of it."""
    # Sorted, so that a repetition cuts the same slices.
    student_ids = sorted(_named(course_id, day, frozenset(statuses), version))
    for begin in range(0, len(student_ids), _SLICE):
        part = student_ids[begin : begin + _SLICE]
        _enter(course_id, day, {student_id: Session(statuses.get(student_id), version) for student_id in part}, now)


@retry_stale
def _named(course_id: UUID, day: date, named: frozenset[UUID], version: int) -> frozenset[UUID]:
    """The students whose cards this session may change; none when something newer is known.

    Those are included whom an earlier version named and this one does not.
    """
    known = SessionList.find(course_id, day.isoformat())
    if known is not None and known.version >= version:
        return known.students if known.version == version else frozenset()
    students = named | known.students if known else named
    unchanged = SessionList.version.does_not_exist() if known is None else SessionList.version == known.version
    with transaction() as tx:
        tx.put(SessionList(course_id=course_id, day=day.isoformat(), students=students, version=version), unchanged)
    return students


@retry_stale
def _enter(course_id: UUID, day: date, incoming: Mapping[UUID, Session], now: datetime) -> None:
    student_ids: Sequence[UUID] = list(incoming)
    found = read_together([(ReportCard, student_id, course_id) for student_id in student_ids])
    with transaction() as tx:
        for student_id, known in zip(student_ids, found, strict=True):
            card = known or blank(student_id, course_id)
            if report_cards.update_facts(card, rules.with_session(card.facts, day, incoming[student_id]), now):
                tx.put(card)
