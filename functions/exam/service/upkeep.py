"""Walks over all students of an exam: when it closes, when its results are released, when a key was wrong.

An order to walk is written in the transaction that makes it necessary. Whoever works on it goes a page at a time and
writes down how far they came, so that the next one goes on from there. Each student is brought up to date as a whole,
so a page that is walked twice does no harm.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pynamodb.exceptions import DeleteError, DoesNotExist, UpdateError
from pynamodb.expressions.update import Action

from exam.rules import terms
from exam.service import candidates
from exam.service.attempts import freeze
from exam.tables import Candidate, Exam, Upkeep, shard_of
from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction
from lms.faults import is_refused
from lms.log import logger
from lms.roster import EnrollmentStatus

# Requests that had read the exam before the order have answered by then: a function of the API has 20 seconds.
_SECOND_LOOK = timedelta(minutes=1)
_REQUEST_SECONDS = 3
_PAGE = 25
_THREADS = 8
# Phase 0 is for students who have something in this exam; of the others in the class, some may have missed it.
_CLASS: tuple[EnrollmentStatus, ...] = ("active", "completed")

Student = tuple[UUID, UUID]
"""Exam and student."""


def order(tx: Transaction, exam: Exam, at: datetime) -> None:
    """Has all students of an exam looked at, at a time or soon after, and once more a minute later."""
    tx.put(Upkeep(exam_id=exam.id, order=uuid4(), due=shard_of(exam.id), due_at=at, again=True))


def order_next(tx: Transaction, exam: Exam, now: datetime) -> None:
    """Orders the walk for when the exam closes next; at once when it has closed for everybody."""
    order(tx, exam, terms.next_closing(exam.terms(), now) or now)


def cancel(tx: Transaction, exam_id: UUID) -> None:
    tx.delete(Upkeep(exam_id=exam_id))


def begin_work(exam_id: UUID, now: datetime) -> None:
    """Does at once what fits into a request; the ticks do the rest."""
    ends = time.monotonic() + _REQUEST_SECONDS
    work_on(exam_id, now, lambda: time.monotonic() > ends)


def work_on(exam_id: UUID, now: datetime, elapsed: Callable[[], bool]) -> int:
    """Walks until `elapsed`; how many students could not be brought up to date. They are tried again a minute later."""
    try:
        upkeep = Upkeep.get(exam_id, consistent_read=True)
    except DoesNotExist:
        return 0
    if upkeep.due_at > now:
        return 0
    failures = 0
    exam = _begin(exam_id, now)
    whole_class = exam.settled_at is None and _may_be_missed(exam, now)
    while upkeep.phase <= (len(_CLASS) if whole_class else 0):
        if elapsed():
            return failures
        page, wanting = _page(exam, int(upkeep.phase), upkeep.after, now)
        failed = bring_up_to_date([(exam_id, student_id) for student_id in wanting], now)
        failures += failed
        if not _note_progress(upkeep, page[-1] if len(page) == _PAGE else None, failed=failed > 0):
            return failures
    if whole_class and not upkeep.failed:
        exam.update([Exam.settled_at.set(now)], add_version_condition=False)
    if terms.is_closing(exam.terms()) and not upkeep.failed and _release(exam_id, now):
        return failures + work_on(exam_id, now, elapsed)
    _finish(upkeep, exam, now)
    return failures


@retry_stale
def _release(exam_id: UUID, now: datetime) -> bool:
    """Releases the results of an exam that was closed before its time, unless somebody is still at work.

    By now every student's item was written since the closing, so no attempt begins any more that was asked for before.
    """
    exam = Exam.get(exam_id, consistent_read=True)
    if not terms.is_closing(exam.terms()) or candidates.is_open(exam, now):
        return False
    exam.released_at = exam.updated_at = now
    with transaction() as tx:
        tx.put(exam)
        order(tx, exam, now)
    return True


@retry_stale
def _begin(exam_id: UUID, now: datetime) -> Exam:
    exam = Exam.get(exam_id, consistent_read=True)
    if _may_be_missed(exam, now):
        freeze(exam, now)
    return exam


def _may_be_missed(exam: Exam, now: datetime) -> bool:
    closed = exam.published and not exam.paper and now >= exam.closing
    return bool(closed and roster.find_course(exam.course_id))


def _page(exam: Exam, phase: int, after: UUID | None, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """The next students, and those of them who are to be brought up to date."""
    if phase == 0:
        behind = Candidate.student_id > after if after is not None else None
        known = list(Candidate.query(exam.id, behind, limit=_PAGE, consistent_read=True))
        wanting = [known.student_id for known in known if not candidates.is_up_to_date(exam, known, now)]
        return [candidate.student_id for candidate in known], wanting
    page = roster.students_after(exam.course_id, _CLASS[phase - 1], after, _PAGE)
    seen = {known.student_id for known in Candidate.batch_get([(exam.id, student_id) for student_id in page])}
    return page, [student_id for student_id in page if student_id not in seen]


def bring_up_to_date(students: Sequence[Student], now: datetime) -> int:
    """Brings students up to date, several at once; for how many that failed."""

    def fails(student: Student) -> bool:
        try:
            candidates.bring_up_to_date(*student, now)
        except Exception:  # noqa: BLE001 (one student's fault must not hold up the others; it is logged and counted)
            logger.exception("not settled", extra={"exam_id": str(student[0]), "student_id": str(student[1])})
            return True
        return False

    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(fails, students))


def _note_progress(upkeep: Upkeep, last: UUID | None, *, failed: bool) -> bool:
    """Writes down how far the walk came; False when a newer order has taken its place."""
    actions: list[Action] = [Upkeep.failed.set(True)] if failed else []
    if last is not None:
        return _update(upkeep, [*actions, Upkeep.after.set(last)])
    return _update(upkeep, [*actions, Upkeep.phase.set(upkeep.phase + 1), Upkeep.after.remove()])


def _finish(upkeep: Upkeep, exam: Exam, now: datetime) -> None:
    closing = terms.next_closing(exam.terms(), now)
    look_again = upkeep.again or upkeep.failed or terms.is_closing(exam.terms())
    second_look = now + _SECOND_LOOK if look_again else None
    due_at = min((moment for moment in (closing, second_look) if moment is not None), default=None)
    if due_at is not None:
        begin_again = [Upkeep.phase.set(0), Upkeep.after.remove(), Upkeep.failed.set(False)]
        _update(upkeep, [*begin_again, Upkeep.due_at.set(due_at), Upkeep.again.set(due_at == closing)])
        return
    try:
        upkeep.delete(Upkeep.order == upkeep.order)
    except DeleteError as error:
        if not is_refused(error):
            raise


def _update(upkeep: Upkeep, actions: list[Action]) -> bool:
    try:
        upkeep.update(actions, Upkeep.order == upkeep.order)
    except UpdateError as error:
        if is_refused(error):
            return False
        raise
    return True
