"""Sweeps over all students of an exam: when it closes, when its results are released, when a key was corrected.

A sweep is scheduled in the transaction that makes it necessary. Each run goes through the students page by page and
stores how far it came, so that the next run continues from there. Each student is brought up to date as a whole, so a
page that is done twice does no harm.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pynamodb.expressions.update import Action

from exam.rules import deadlines
from exam.rules.settings import ExamSettings
from exam.service import question_sets, standings
from exam.tables import Exam, StoredStanding, Sweep
from lms import roster
from lms.due import run_each, shard_of
from lms.dynamo import Transaction, retry_stale, transaction

# Requests that had read the exam before the sweep have answered by then: a function of the API has 20 seconds.
_SECOND_LOOK = timedelta(minutes=1)
_REQUEST_SECONDS = 3
_PAGE = 25
_THREADS = 8

Student = tuple[UUID, UUID]
"""Exam and student."""


def schedule(tx: Transaction, exam_id: UUID, at: datetime) -> None:
    """Schedules a sweep for a time or soon after, and another one a minute later."""
    tx.put(Sweep(exam_id=exam_id, run_id=uuid4(), due_shard=shard_of(exam_id), due_at=at, repeats=True))


def schedule_next(tx: Transaction, settings: ExamSettings, now: datetime) -> None:
    """Schedules a sweep for when the exam closes next; at once when it has closed for every student."""
    schedule(tx, settings.exam_id, deadlines.next_closing(settings, now) or now)


def cancel(tx: Transaction, exam_id: UUID) -> None:
    tx.delete(Sweep(exam_id=exam_id))


def run_in_request(exam_id: UUID, now: datetime) -> None:
    """Does at once what fits into a request; the ticks do the rest."""
    ends = time.monotonic() + _REQUEST_SECONDS
    run(exam_id, now, lambda: time.monotonic() <= ends)


def run(exam_id: UUID, now: datetime, has_time: Callable[[], bool]) -> int:
    """Runs a sweep that is due; for how many students it failed, who are tried again a minute later.

    Phase 0 goes through the students who have a standing in the exam; once it has closed, the next phases go through
    the class, where others may have missed it.
    """
    sweep = Sweep.find(exam_id)
    if sweep is None or sweep.due_at > now:
        return 0
    failures = 0
    exam = _begin(exam_id, now)
    whole_class = exam.missed_noted_at is None and _may_be_missed(exam, now)
    while sweep.phase <= (len(roster.ENROLLED) if whole_class else 0):
        if not has_time():
            return failures
        page, wanting = _page(exam, int(sweep.phase), sweep.after, now)
        failed = bring_up_to_date([(exam_id, student_id) for student_id in wanting], now)
        failures += failed
        if not _note_progress(sweep, page[-1] if len(page) == _PAGE else None, failed=failed > 0):
            return failures
    if whole_class and not sweep.failed:
        exam.update([Exam.missed_noted_at.set(now)], add_version_condition=False)
    if deadlines.is_closing(exam.settings()) and not sweep.failed and _release(exam_id, now):
        return failures + run(exam_id, now, has_time)
    _finish(sweep, exam, now)
    return failures


@retry_stale
def _release(exam_id: UUID, now: datetime) -> bool:
    """Releases the results of an exam that was closed early, unless a student is still answering.

    By now every student's standing was stored since the closing, so no start succeeds that had read the exam before.
    """
    exam = Exam.get(exam_id, consistent_read=True)
    if not deadlines.is_closing(exam.settings()) or standings.any_student_may_answer(exam.settings(), now):
        return False
    exam.released_at = exam.updated_at = now
    with transaction() as tx:
        tx.put(exam)
        schedule(tx, exam_id, now)
    return True


@retry_stale
def _begin(exam_id: UUID, now: datetime) -> Exam:
    exam = Exam.get(exam_id, consistent_read=True)
    if _may_be_missed(exam, now):
        question_sets.freeze(exam.settings(), now)
    return exam


def _may_be_missed(exam: Exam, now: datetime) -> bool:
    closed = exam.published and not exam.paper and now >= exam.settings().closing
    return bool(closed and roster.find_course(exam.course_id))


def _page(exam: Exam, phase: int, after: UUID | None, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """The next students, and those of them who are to be brought up to date."""
    if phase == 0:
        settings = exam.settings()
        behind = StoredStanding.student_id > after if after is not None else None
        found = StoredStanding.query(exam.id, behind, limit=_PAGE, consistent_read=True)
        page = [stored.standing(settings) for stored in found]
        wanting = [standing.student_id for standing in page if not standing.is_up_to_date(now)]
        return [standing.student_id for standing in page], wanting
    students = roster.students_after(exam.course_id, roster.ENROLLED[phase - 1], after, _PAGE)
    keys = [(exam.id, student_id) for student_id in students]
    seen = {stored.student_id for stored in StoredStanding.batch_get(keys)}
    return students, [student_id for student_id in students if student_id not in seen]


def bring_up_to_date(students: Sequence[Student], now: datetime) -> int:
    """Brings students up to date, several at once; for how many that failed."""
    return run_each(lambda student: standings.bring_up_to_date(*student, now), students, threads=_THREADS)


def _note_progress(sweep: Sweep, last: UUID | None, *, failed: bool) -> bool:
    """Stores how far the sweep came; False when it was scheduled anew meanwhile."""
    actions: list[Action] = [Sweep.failed.set(True)] if failed else []
    if last is not None:
        return _update(sweep, [*actions, Sweep.after.set(last)])
    return _update(sweep, [*actions, Sweep.phase.set(sweep.phase + 1), Sweep.after.remove()])


def _finish(sweep: Sweep, exam: Exam, now: datetime) -> None:
    closing = deadlines.next_closing(exam.settings(), now)
    look_again = sweep.repeats or sweep.failed or deadlines.is_closing(exam.settings())
    second_look = now + _SECOND_LOOK if look_again else None
    due_at = min((moment for moment in (closing, second_look) if moment is not None), default=None)
    if due_at is not None:
        begin_again = [Sweep.phase.set(0), Sweep.after.remove(), Sweep.failed.set(False)]
        _update(sweep, [*begin_again, Sweep.due_at.set(due_at), Sweep.repeats.set(due_at == closing)])
    else:
        sweep.delete_if(Sweep.run_id == sweep.run_id)


def _update(sweep: Sweep, actions: list[Action]) -> bool:
    return sweep.update_if(Sweep.run_id == sweep.run_id, actions)
