"""Results: of one student, of a whole exam, and those of exams on paper, which teachers record."""

from datetime import datetime
from fractions import Fraction
from uuid import UUID

from exam.rules.editing import ExamNotPublished
from exam.rules.grading import half_up
from exam.rules.settings import ExamSettings
from exam.rules.standing import Standing
from exam.schemas.results import NewResult, ResultDetails, Results, ResultView, Summary
from exam.service import access, question_sets, standings, statistics, views
from exam.tables import ScoreCount, StoredStanding
from lms import roster
from lms.audit import audit
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, InvalidField, NotFound
from lms.idempotency import IdempotentAnswer
from lms.pages import PageRequest, query_page

_BARS = 101


class ResultReasonMissing(InvalidField):
    field = ("reason",)
    code = "missing"
    detail = "A reason is required to replace a result."


class TakenOnline(Conflict):
    code = "online"
    detail = "This exam is taken online; its results come from attempts."


class ResultNotFound(NotFound):
    detail = "There is no result yet."


@retry_stale
def record(body: NewResult, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> tuple[ResultView, bool]:
    """Records the result of an exam on paper, and whether it is the student's first.

    Raises `NotAccessible`, `UnknownStudent`, `ResultReasonMissing`, `TakenOnline`, `ExamNotPublished`, and
    `StudentErased`.
    """
    standing = access.standing_by_teacher(caller, body.exam_id, body.student_id, now)
    is_first = standing.score is None
    if not is_first and body.reason is None:
        raise ResultReasonMissing
    _require_paper(standing.settings)
    before = {} if is_first else {"score": standing.score}
    if not is_first:
        standing.note(standing.score, str(body.reason), caller.id, now)
    standing.record(body.score)
    question_sets.freeze(standing.settings, now)
    with transaction() as tx:
        standings.require_student(tx, standing)
        standings.save(tx, standing, now)
        audit(
            tx,
            now,
            "result.recorded",
            caller.id,
            standings.about(standing),
            before=before,
            after={"score": body.score},
            reason=body.reason,
        )
        view = views.result(standing)
        idempotent.record(tx, view, status=201 if is_first else 200, location=location(view))
    return view, is_first


def location(result: ResultView) -> str:
    return f"/results/{result.exam_id}/{result.student_id}"


def _require_paper(settings: ExamSettings) -> None:
    if not settings.paper:
        raise TakenOnline
    if not settings.published:
        raise ExamNotPublished


@retry_stale
def show(exam_id: UUID, student_id: UUID, caller: Caller, now: datetime) -> ResultDetails:
    """A result with the best attempt's marked answers; for its student, whose own it must be, once it is released.

    Raises `NotCourseTeacher` for teachers of other courses, and `ResultNotFound` also for one that is not released.
    """
    if caller.role == "student":
        return _own(exam_id, caller, now)
    _, standing = access.taught_with_student(caller, exam_id, student_id, now)
    if standing.status is None:
        raise ResultNotFound
    return _details(standing, marked=True)


def _own(exam_id: UUID, caller: Caller, now: datetime) -> ResultDetails:
    standing = access.as_student(caller, exam_id, now)
    shown = standing.shown(now)
    if standing.status is None or shown == "nothing":
        raise ResultNotFound
    return _details(standing, marked=shown == "everything")


def _details(standing: Standing, *, marked: bool) -> ResultDetails:
    attempt = standing.best or next(iter(standing.attempts[-1:]), None)
    answers = standings.answers_of(standing, attempt) if attempt else None
    questions = question_sets.of_attempt(standing.settings, attempt.id) if marked and attempt else None
    return views.details(standing, answers, questions, standings.authors(standing))


def list_results(exam_id: UUID, caller: Caller, paging: PageRequest) -> Results:
    """The results of an exam, and their distribution; raises `NotAccessible`."""
    settings = access.taught_by(caller, exam_id).settings()
    has_result = StoredStanding.status.exists()
    found, after = query_page(StoredStanding, [exam_id], paging, filter_condition=has_result, consistent_read=True)
    people = roster.find_users(stored.student_id for stored in found)
    named = [standings.named(stored.standing(settings), people.get(stored.student_id)) for stored in found]
    page = paging.page([views.result(standing) for standing in named], after)
    return Results(items=page.items, next=page.next, summary=_summary(exam_id))


def _summary(exam_id: UUID) -> Summary:
    bars, passed, missed, total = [0] * _BARS, 0, 0, Fraction(0)
    for counted in ScoreCount.query(exam_id, consistent_read=True):
        if counted.score.startswith(statistics.MISSED):
            missed += int(counted.results)
            continue
        bars[int(counted.score[:3])] += int(counted.results)
        passed += int(counted.passed)
        total += Fraction(counted.total)
    number = sum(bars)
    return Summary(
        count=number,
        mean=half_up(total / number) if number else None,
        pass_rate=half_up(Fraction(100 * passed, number)) if number else None,
        histogram=bars,
        missed=missed,
    )
