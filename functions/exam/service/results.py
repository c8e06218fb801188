"""Results: of one student, of a whole exam."""

from datetime import datetime
from uuid import UUID

from exam.rules import grading
from exam.schemas import ResultDetails, Results
from exam.service import candidates, sheets, statistics, views, visibility
from exam.tables import Attempt, Candidate, Exam
from lms.dynamo import retry_stale
from lms.errors import NotFound
from lms.pages import Listing, walk
from lms.tokens import Caller


@retry_stale
def show(exam_id: UUID, student_id: UUID, caller: Caller, now: datetime) -> ResultDetails:
    """A result with the best attempt's marked answers; for its student, whose own it must be, once it is released.

    Raises `Forbidden` for who does not teach the course; `NotFound` for whatever is not there, or not released.
    """
    if caller.role == "student":
        return _own(exam_id, caller, now)
    exam = visibility.taught_with_student(caller, exam_id, student_id)
    _, candidate = candidates.load(exam_id, student_id, now)
    if candidate.status is None:
        raise _not_found()
    return _details(exam, candidate, marked=True)


def _own(exam_id: UUID, caller: Caller, now: datetime) -> ResultDetails:
    exam, candidate, _ = visibility.seen_by_student(caller, exam_id, now)
    level = views.shown(exam, candidate, now)
    if candidate.status is None or level == "nothing":
        raise _not_found()
    return _details(exam, candidate, marked=level == "everything")


def _details(exam: Exam, candidate: Candidate, *, marked: bool) -> ResultDetails:
    best = grading.best(candidate.sittings()) or next(iter(candidate.sittings()[-1:]), None)
    attempt = Attempt.get(best.id, consistent_read=True) if best else None
    return views.details(candidate, attempt, sheets.of_exam(exam) if marked else None)


def listed(exam_id: UUID, caller: Caller, listing: Listing) -> Results:
    """The results of an exam, and how they are spread; raises `NotFound`."""
    visibility.taught_by(caller, exam_id)
    found, after = walk(Candidate, [exam_id], listing, filter_condition=Candidate.status.exists(), consistent_read=True)
    page = listing.page([views.result(candidate) for candidate in found], after)
    return Results(items=page.items, next=page.next, summary=statistics.summary(exam_id))


def _not_found() -> NotFound:
    return NotFound("There is no result yet.")
