"""Loading and storing one student's standing in one exam, and bringing it up to date when something is due."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from exam.rules import grading
from exam.rules.settings import Accommodation, ExamSettings
from exam.rules.standing import MISSED_SCORE, Attempt, Standing
from exam.service import question_sets, statistics
from exam.tables import CourseAccommodation, Exam, StoredAnswers, StoredStanding, attempts_key
from lms import roster
from lms.dynamo import Stale, Transaction, read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.events.exams import MarkingChanged, ResultRecorded
from lms.outbox import emit

_MOVES_CLOSING = (
    StoredStanding.extra_closes_at.exists()
    | StoredStanding.reopened_until.exists()
    | (StoredStanding.extra_minutes > 0)
    | (StoredStanding.extra_percent > 0)
)


class StudentErased(NotFound):
    detail = "The student was erased."


def load(exam_id: UUID, student_id: UUID, now: datetime) -> Standing | None:
    """A student's standing in an exam, which may be new; None without the exam."""
    exam, stored = read_together([(Exam, exam_id, None), (StoredStanding, exam_id, student_id)])
    return None if exam is None else of(exam, stored, student_id, now)


def of(exam: Exam, stored: StoredStanding | None, student_id: UUID, now: datetime) -> Standing:
    """A stored standing, or the one of a student who has nothing in the exam yet."""
    if stored is None:
        return Standing(settings=exam.settings(), student_id=student_id, created_at=now, updated_at=now)
    return stored.standing(exam.settings())


def of_students(settings: ExamSettings, student_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The stored standings of these students in an exam, with their names."""
    keys = [(StoredStanding, settings.exam_id, student_id) for student_id in student_ids]
    found = read_together([*keys, *map(roster.user_key, student_ids)])
    pairs = zip(found[: len(keys)], found[len(keys) :], strict=True)
    return {stored.student_id: named(stored.standing(settings), student) for stored, student in pairs}


def named(standing: Standing, student: roster.User | None) -> Standing:
    """A standing with its student's name, as answers show it."""
    standing.student_name = student.name if student else None
    return standing


def save(tx: Transaction, standing: Standing, now: datetime) -> None:
    """Adds to the transaction all that follows from what changed: the item, the statistics and the events."""
    if standing.conclude(now):
        emit(tx, event_of(standing), now)
    if standing.waiting != standing.loaded.waiting:
        standing.marking_version = (standing.version or 0) + 1
        emit(tx, marking_of(standing), now)
    if standing.has_changed:
        exam_id, student_id = standing.settings.exam_id, standing.student_id
        statistics.count(tx, exam_id, student_id, standing.loaded.result, standing.result)
        standing.updated_at = now
        standing.version = tx.put(StoredStanding.of(standing))


def authors(standing: Standing) -> dict[UUID, roster.User]:
    """Who replaced scores of a student, by id."""
    return roster.find_users(change.by for change in standing.history)


def require_student(tx: Transaction, standing: Standing) -> None:
    """Refuses the transaction if the student was erased, even if exam has not received the event yet."""
    roster.require_exists(tx, standing.student_id, StudentErased())


def about(standing: Standing) -> dict[str, UUID]:
    """What an entry of the audit trail about a student's standing is found by."""
    settings = standing.settings
    return {"exam": settings.exam_id, "course": settings.course_id, "user": standing.student_id}


def event_of(standing: Standing) -> ResultRecorded:
    """The event that announces a result or withdraws it."""
    score = MISSED_SCORE if standing.score is None else standing.score
    return ResultRecorded(
        version=standing.event_version,
        exam_id=standing.settings.exam_id,
        course_id=standing.settings.course_id,
        student_id=standing.student_id,
        score=score.quantize(Decimal("0.01")),
        status=cast(Any, "missed" if standing.score is None else standing.status),
        weight=standing.settings.weight,
        released=standing.published,
    )


def marking_of(standing: Standing) -> MarkingChanged:
    """The event that says how many of a student's attempts wait for marks."""
    return MarkingChanged(
        version=standing.marking_version,
        exam_id=standing.settings.exam_id,
        course_id=standing.settings.course_id,
        student_id=standing.student_id,
        waiting=len(standing.waiting),
    )


def answers_of(standing: Standing, attempt: Attempt) -> StoredAnswers:
    """The stored answers of an attempt; `Stale` when they or the standing have changed meanwhile."""
    answers = StoredAnswers.find(attempt.id)
    if answers is None:
        raise Stale
    require_read_together(standing, answers)
    return answers


def require_read_together(standing: Standing, answers: StoredAnswers) -> None:
    """Raises `Stale` when an attempt was submitted, graded or marked between the reads of its two items."""
    attempt = standing.attempt(answers.id)
    if answers.listing_key != attempts_key(answers.exam_id, attempt.progress):
        raise Stale
    if attempt.answers_version not in (None, answers.version):
        raise Stale


def finish(tx: Transaction, standing: Standing, answers: StoredAnswers, now: datetime) -> None:
    """Submits an attempt that is still running, at its deadline if that has passed, and grades it by the present keys.

    Its student sees the submission as one more revision. `save` must follow.
    """
    if standing.attempt(answers.id).is_running:
        answers.saved_at = standing.submit(answers.id, now)
        answers.revision += 1
    question_set = question_sets.of_attempt(standing.settings, answers.id)
    grade = grading.grade(question_set.questions, answers.by_question(), answers.marks_given())
    standing.grade(answers.id, grade.score, question_set, now)
    answers.note_grade(grade.marks, standing.attempt(answers.id).progress)
    put_answers(tx, standing, answers)


def put_answers(tx: Transaction, standing: Standing, answers: StoredAnswers) -> None:
    """Adds the answers of an attempt that has ended to the transaction."""
    standing.note_answers(answers.id, tx.put(answers))


def finish_due(tx: Transaction, standing: Standing, now: datetime) -> None:
    """Submits what has passed its deadline, and grades again what was graded by other questions than the present."""
    for attempt in standing.attempts:
        if standing.is_due(attempt, now):
            finish(tx, standing, answers_of(standing, attempt), now)


@retry_stale
def bring_up_to_date(exam_id: UUID, student_id: UUID, now: datetime) -> None:
    """Does what the clock, changed questions or a release ask for; once more changes nothing."""
    standing = load(exam_id, student_id, now)
    if standing is None or not standing.settings.published:
        return
    with transaction() as tx:
        finish_due(tx, standing, now)
        if standing.missed_if_enrolled(now) and _is_enrolled(standing):
            standing.miss()
        standing.starts_blocked = standing.starts_blocked or standing.must_block_starts
        save(tx, standing, now)


def _is_enrolled(standing: Standing) -> bool:
    return roster.enrollment_of(standing.student_id, standing.settings.course_id) in roster.ENROLLED


def any_student_may_answer(settings: ExamSettings, now: datetime) -> bool:
    """Whether any student may begin an attempt, or has one that takes answers."""
    if settings.paper:
        return False
    if now < settings.closing:
        return True
    may_have_longer = StoredStanding.due_at.exists() | _MOVES_CLOSING
    found = StoredStanding.query(settings.exam_id, filter_condition=may_have_longer, consistent_read=True)
    return any(stored.standing(settings).may_answer(now) for stored in found)


def granted(exam: Exam) -> dict[UUID, Accommodation]:
    """What may move the closing of students, in the exam or in its whole course."""
    found = StoredStanding.query(exam.id, filter_condition=_MOVES_CLOSING, consistent_read=True)
    granted = {stored.student_id: stored.accommodation() for stored in found}
    for row in CourseAccommodation.query(exam.course_id, consistent_read=True):
        own = granted.get(row.student_id, Accommodation())
        granted[row.student_id] = replace(own, extra_percent=int(row.extra_percent))
    return granted
