"""One student's standing in one exam: what they were granted, their attempts, and their result."""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from exam.rules import deadlines, release
from exam.rules.questions import QuestionSet
from exam.rules.settings import Accommodation, ExamSettings
from lms.errors import Conflict

Progress = Literal["running", "pending", "graded"]
Outcome = Literal["pending", "passed", "failed", "missed"]
State = Literal["upcoming", "open", "over"]
"""Whether an exam is still to come, can be taken, or is over, for one student."""
Result = tuple[Outcome | None, Decimal | None]
"""Status and score."""

MISSED_SCORE = Decimal(0)
_CHANGES_KEPT = 100


class TakenOnPaper(Conflict):
    code = "paper"
    detail = "This exam is taken on paper."


class ExamNotOpen(Conflict):
    code = "not-open"
    detail = "The exam has not opened yet."


class ExamClosed(Conflict):
    code = "closed"
    detail = "The exam has closed."


class NoAttemptsLeft(Conflict):
    code = "attempts"
    detail = "You have no attempts left."


class AttemptOver(Conflict):
    code = "over"
    detail = "The attempt is over."


class AttemptRunning(Conflict):
    code = "running"
    detail = "The student is still working on this attempt."


class AnotherRunning(Conflict):
    code = "running"
    detail = "The student is working on another attempt."


class Attempt(BaseModel):
    """One attempt, apart from its answers and marks, which are stored on their own because they are large.

    `question_set` is the version of the questions that it was graded by. `answers_version` is the version of its stored
    answers since it ended. `erased`: its answers went with its student, so it can neither be marked nor graded again.
    `reopened_until`: it was submitted, and takes answers again until then.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    number: int
    started_at: datetime
    progress: Progress = "running"
    submitted_at: datetime | None = None
    score: Decimal | None = None
    question_set: int | None = None
    answers_version: int | None = None
    erased: bool = False
    reopened_until: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was not submitted yet, even if its deadline has passed."""
        return self.progress == "running"


class Change(BaseModel):
    """A score that was replaced, and why, when, and by whom."""

    model_config = ConfigDict(frozen=True)

    score: Decimal | None
    reason: str
    at: datetime
    by: UUID
    attempt_id: UUID | None = None


@dataclass
class Standing:
    """One student's standing in one exam; `service.standings` loads and saves it.

    `status` is empty as long as there is no result. `published`: other services know the result; `event_version` is the
    version that the last event about it had, `marking_version` that of the last one about what waits for marks.
    `starts_blocked`: the standing was stored after the exam was closed early, so no start succeeds that had read the
    exam before. `due_at` is when the deadline of a running attempt passes. `student_name` is there for answers to show.
    """

    settings: ExamSettings
    student_id: UUID
    created_at: datetime
    updated_at: datetime
    accommodation: Accommodation = field(default_factory=Accommodation)
    attempts: tuple[Attempt, ...] = ()
    starts_blocked: bool = False
    status: Outcome | None = None
    score: Decimal | None = None
    published: bool = False
    event_version: int | None = None
    marking_version: int | None = None
    history: tuple[Change, ...] = ()
    due_at: datetime | None = None
    version: int | None = None
    student_name: str | None = field(default=None, compare=False)
    loaded: "Standing" = field(init=False, repr=False, compare=False)
    """As it was before any change."""

    def __post_init__(self) -> None:
        self.loaded = copy(self)

    @property
    def has_changed(self) -> bool:
        return self != self.loaded

    @property
    def result(self) -> Result:
        return self.status, self.score

    @property
    def has_part(self) -> bool:
        """Whether the student began the exam or has a result of it."""
        return self.status is not None or bool(self.attempts)

    def attempt(self, attempt_id: UUID) -> Attempt:
        return next(attempt for attempt in self.attempts if attempt.id == attempt_id)

    @property
    def running(self) -> Attempt | None:
        """The attempt that was not submitted yet: there is at most one."""
        return next((attempt for attempt in self.attempts if attempt.is_running), None)

    @property
    def waiting(self) -> tuple[UUID, ...]:
        """The attempts that wait for a teacher's marks."""
        return tuple(each.id for each in self.attempts if each.progress == "pending" and not each.erased)

    @property
    def best(self) -> Attempt | None:
        """The graded attempt with the highest score, the first of equals."""
        graded = [attempt for attempt in self.attempts if attempt.score is not None]
        return max(graded, key=lambda attempt: attempt.score or 0, default=None)

    def deadline(self, attempt: Attempt) -> datetime:
        """Until when (exclusively) an attempt takes answers."""
        return attempt.reopened_until or deadlines.deadline(self.settings, self.accommodation, attempt.started_at)

    def is_over(self, attempt: Attempt, now: datetime) -> bool:
        """Whether an attempt takes no more answers: it was submitted, or its deadline has passed."""
        return not attempt.is_running or now >= self.deadline(attempt)

    def require_running(self, attempt_id: UUID, now: datetime) -> None:
        """Raises `AttemptOver` unless an attempt takes answers."""
        if self.is_over(self.attempt(attempt_id), now):
            raise AttemptOver

    def require_over(self, attempt_id: UUID, now: datetime) -> None:
        """Raises `AttemptRunning` while an attempt takes answers."""
        if not self.is_over(self.attempt(attempt_id), now):
            raise AttemptRunning

    def why_not_begin(self, now: datetime) -> Conflict | None:
        """The refusal of another attempt, None if the student may begin one now."""
        if self.settings.paper:
            return TakenOnPaper()
        if now < self.settings.opens_at:
            return ExamNotOpen()
        if self.settings.released_at is not None or now >= deadlines.begins_until(self.settings, self.accommodation):
            return ExamClosed()
        return NoAttemptsLeft() if not self.attempts_left else None

    @property
    def attempts_left(self) -> int:
        """How many more attempts the student may make while the exam is open."""
        if self.settings.paper:
            return 0
        return max(0, self.settings.attempts_allowed + self.accommodation.extra_attempts - len(self.attempts))

    @property
    def closing(self) -> datetime:
        """Until when (exclusively) the student may begin an attempt."""
        return deadlines.begins_until(self.settings, self.accommodation)

    def answering(self, now: datetime) -> Attempt | None:
        """The attempt that takes answers now."""
        running = self.running
        return None if running is None or self.is_over(running, now) else running

    def state(self, now: datetime, *, may_begin: bool) -> State:
        """Whether the exam is still to come, can be taken, or is over; `may_begin`: the student is enrolled."""
        if now < self.settings.opens_at:
            return "upcoming"
        if self.settings.paper:
            is_open = now < self.closing
        else:
            is_open = self.answering(now) is not None or (may_begin and self.why_not_begin(now) is None)
        return "open" if is_open else "over"

    def may_answer(self, now: datetime) -> bool:
        """Whether the student may begin an attempt, or has one that takes answers."""
        return self.answering(now) is not None or self.why_not_begin(now) is None

    def shown(self, now: datetime) -> release.Shown:
        """What the student sees of their result."""
        return release.shown(self.settings, now, may_answer=self.may_answer(now))

    def is_due(self, attempt: Attempt, now: datetime) -> bool:
        """Whether an attempt is to be submitted by the clock, or graded again by changed questions."""
        if attempt.is_running:
            return now >= self.deadline(attempt)
        return attempt.question_set != self.settings.question_set and not attempt.erased

    def missed_if_enrolled(self, now: datetime) -> bool:
        """Whether an enrolled student has missed the exam: they made no attempt and may not begin one any more."""
        if self.settings.paper or self.has_part:
            return False
        return now >= self.closing

    @property
    def must_block_starts(self) -> bool:
        """Whether an attempt may still begin that read the exam before it was closed early."""
        return deadlines.is_closing(self.settings) and not self.starts_blocked and self.attempts_left > 0

    def is_up_to_date(self, now: datetime) -> bool:
        """Whether neither the clock, nor changed questions, nor a release require a change.

        A student without a part in the exam may have missed it, so they never count as up to date.
        """
        return (
            not any(self.is_due(attempt, now) for attempt in self.attempts)
            and self.has_part
            and (self.published or self.score is None or self.shown(now) == "nothing")
            and self.due_at == self._next_deadline()
            and not self.must_block_starts
        )

    def _next_deadline(self) -> datetime | None:
        return None if self.running is None else self.deadline(self.running)

    def begin(self, attempt_id: UUID, now: datetime) -> Attempt:
        """Begins an attempt, which `why_not_begin` must allow."""
        attempt = Attempt(id=attempt_id, number=len(self.attempts) + 1, started_at=now)
        self.attempts = (*self.attempts, attempt)
        return attempt

    def submit(self, attempt_id: UUID, now: datetime) -> datetime:
        """Ends a running attempt, at its deadline if that has passed; answers when it ended."""
        attempt = self.attempt(attempt_id)
        ended = min(now, self.deadline(attempt))
        self._replace(attempt.model_copy(update={"submitted_at": ended, "progress": "pending"}))
        return ended

    def reopen(self, attempt_id: UUID, until: datetime) -> None:
        """Lets an attempt that is over take answers again; raises `AnotherRunning`.

        It has no score until it ends once more, and what teachers marked is to be marked anew.
        """
        if any(attempt.is_running for attempt in self.attempts if attempt.id != attempt_id):
            raise AnotherRunning
        attempt = self.attempt(attempt_id)
        begun = Attempt(id=attempt_id, number=attempt.number, started_at=attempt.started_at, reopened_until=until)
        self._replace(begun)
        latest = max(until, self.accommodation.reopened_until or until)
        self.accommodation = replace(self.accommodation, reopened_until=latest)

    def grade(self, attempt_id: UUID, score: Decimal | None, questions: QuestionSet, now: datetime) -> None:
        """Notes the score of an attempt by the present questions, None while a teacher has something to mark.

        A score that this replaces stays in the history, with the reasons for which keys were changed since.
        """
        attempt = self.attempt(attempt_id)
        if attempt.score is not None and attempt.score != score:
            for regrade in questions.regrades_since(attempt.question_set or 0):
                self.note(attempt.score, regrade.reason, regrade.by, now, attempt_id=attempt_id)
        progress: Progress = "pending" if score is None else "graded"
        graded = {"progress": progress, "score": score, "question_set": questions.version}
        self._replace(attempt.model_copy(update=graded))

    def note_answers(self, attempt_id: UUID, version: int) -> None:
        """Notes the version of an attempt's stored answers."""
        self._replace(self.attempt(attempt_id).model_copy(update={"answers_version": version}))

    def erase(self, attempt_id: UUID) -> None:
        """Notes that the answers of an attempt are gone."""
        self._replace(self.attempt(attempt_id).model_copy(update={"erased": True}))

    def forget(self) -> None:
        """Erases what was written about the student and what they were granted; scores stay."""
        self.history = tuple(change.model_copy(update={"reason": ""}) for change in self.history)
        self.accommodation = Accommodation()

    def _replace(self, changed: Attempt) -> None:
        self.attempts = tuple(changed if attempt.id == changed.id else attempt for attempt in self.attempts)

    def note(
        self, score: Decimal | None, reason: str, by: UUID, now: datetime, *, attempt_id: UUID | None = None
    ) -> None:
        """Keeps a score that is being replaced, and why: the last hundred."""
        change = Change(score=score, reason=reason, at=now, by=by, attempt_id=attempt_id)
        self.history = (*self.history, change)[-_CHANGES_KEPT:]

    def grant(self, accommodation: Accommodation, now: datetime) -> None:
        """Grants an accommodation; a student who missed the exam has no result again if they may begin it after all."""
        self.accommodation = accommodation
        if self.status == "missed" and now < deadlines.begins_until(self.settings, accommodation):
            self.status = self.score = None

    def record(self, score: Decimal) -> None:
        """Sets the result of an exam on paper."""
        self.status, self.score = _outcome(score, self.settings.pass_mark), score

    def miss(self) -> None:
        self.status, self.score = "missed", MISSED_SCORE

    def conclude(self, now: datetime) -> bool:
        """Draws the result from the attempts; whether an event must announce it.

        A result is announced at its release and when it changes later, and also when it is withdrawn. What changes
        while the student may still answer is announced when they no longer may.
        """
        if self.attempts:
            self.score = self.best.score if self.best else None
            self.status = self._status_of_attempts()
        self.due_at = self._next_deadline()
        if self.score is None:
            announces, self.published = self.published, False
        elif self.published and self.result == self.loaded.result:
            announces = False
        else:
            announces = self.published = self.shown(now) != "nothing"
        if announces:
            self.event_version = (self.version or 0) + 1
        return announces

    def _status_of_attempts(self) -> Outcome | None:
        if all(attempt.is_running for attempt in self.attempts):
            return None
        return "pending" if self.score is None else _outcome(self.score, self.settings.pass_mark)


def _outcome(score: Decimal, pass_mark: Decimal) -> Outcome:
    return "passed" if score >= pass_mark else "failed"
