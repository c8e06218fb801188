"""What teachers may change of an exam and its questions, and until when."""

from dataclasses import fields
from datetime import datetime, timedelta

from exam.rules.questions import QuestionSet
from exam.rules.settings import ExamSettings
from exam.rules.standing import ExamClosed, ExamNotOpen
from lms.errors import Conflict, InvalidField

_LONGEST = timedelta(days=366)
_CHANGEABLE_ONCE_BEGUN = {"title", "closes_at", "closes_by_default"}


class ClosingImpossible(InvalidField):
    field = ("closesAt",)
    code = "closes_at"
    detail = "An exam must close after it opens, and within a year."


class NewExamHasNoQuestions(InvalidField):
    field = ("published",)
    code = "no-questions"
    detail = "Add questions before you publish the exam."


class ExamHasNoQuestions(Conflict):
    code = "no-questions"
    detail = "Only an exam that has questions or is on paper can be published."


class LastQuestion(Conflict):
    code = "no-questions"
    detail = "A published exam needs at least one question."


class ExamBegun(Conflict):
    code = "begun"
    detail = "The exam has begun."


class SettingsFrozen(ExamBegun):
    detail = "The exam has begun: you can only change its title or let it close later."


class EarlierClosing(ExamBegun):
    detail = "The exam has begun: it can close later, but not earlier."


class QuestionsFrozen(ExamBegun):
    detail = "The exam has begun; its questions can no longer change."


class ExamNotBegun(Conflict):
    code = "not-begun"
    detail = "No attempt has begun yet; change the question instead."


class PublishedTooLate(Conflict):
    code = "closed"
    detail = "An exam that has already closed cannot be published."


class ReleasedAutomatically(Conflict):
    code = "not-manual"
    detail = "The results of this exam are released automatically."


class ExamNotPublished(Conflict):
    code = "unpublished"
    detail = "The exam is not published."


def closing(opens_at: datetime, duration: timedelta, chosen: datetime | None) -> datetime:
    """When an exam closes: when its teachers chose, else `duration` after it opens. Raises `ClosingImpossible`."""
    closes_at = opens_at + duration if chosen is None else chosen
    if not opens_at < closes_at <= opens_at + _LONGEST:
        raise ClosingImpossible
    return closes_at


def require_creatable(exam: ExamSettings) -> None:
    """Raises `NewExamHasNoQuestions` for an exam that would be published without any."""
    if exam.published and not exam.paper:
        raise NewExamHasNoQuestions


def require_change_allowed(before: ExamSettings, after: ExamSettings, now: datetime) -> None:
    """Raises a `Conflict` unless an exam may become what it is after a change."""
    changed = {
        field.name for field in fields(ExamSettings) if getattr(before, field.name) != getattr(after, field.name)
    }
    if after.started_at is not None:
        if changed - _CHANGEABLE_ONCE_BEGUN:
            raise SettingsFrozen
        if after.closes_at < before.closes_at:
            raise EarlierClosing
        if "closes_at" in changed and now >= before.closing:
            raise ExamClosed
    if after.published and not after.paper:
        if not after.questions:
            raise ExamHasNoQuestions
        if after.closes_at <= now and changed & {"published", "closes_at", "paper"}:
            raise PublishedTooLate


def require_deletable(exam: ExamSettings) -> None:
    """Raises `ExamBegun` once an attempt or a result exists."""
    if exam.started_at is not None:
        raise ExamBegun


def require_releasable(exam: ExamSettings, now: datetime) -> None:
    """Raises a `Conflict` unless teachers release the results of this exam, and it has opened."""
    if exam.release != "manual":
        raise ReleasedAutomatically
    if not exam.published:
        raise ExamNotPublished
    if now < exam.opens_at:
        raise ExamNotOpen


def require_questions_changeable(exam: ExamSettings) -> None:
    """Raises `QuestionsFrozen` once an attempt has begun."""
    if exam.started_at is not None:
        raise QuestionsFrozen


def require_question_deletable(exam: ExamSettings, rest: QuestionSet) -> None:
    """Raises `QuestionsFrozen` once an attempt has begun, and `LastQuestion` if students would find an empty exam."""
    require_questions_changeable(exam)
    if exam.published and not exam.paper and not rest.questions:
        raise LastQuestion


def require_correctable(exam: ExamSettings) -> None:
    """Raises `ExamNotBegun` while the question can still be changed."""
    if exam.started_at is None:
        raise ExamNotBegun
