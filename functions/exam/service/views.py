"""Questions, attempts and results as their student, or their teachers, see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from exam.rules.bank import BankQuestion
from exam.rules.question_kinds import MatchingKey, NumericKey, NumericRanges, ShortKey
from exam.rules.questions import Question, QuestionSet, answer_as_shown, as_shown, shuffled
from exam.rules.settings import ExamSettings
from exam.rules.standing import Attempt, Standing
from exam.schemas.attempts import AttemptAnswers, AttemptSummary, AttemptView
from exam.schemas.bank import BankQuestionView, DrawView, QuestionsAdded
from exam.schemas.exams import ExamDetails, ExamView
from exam.schemas.keys import KeyView, NumericKeyView, NumericRangesView, ShortKeyView
from exam.schemas.marking import Change, MarkedAttempt
from exam.schemas.questions import ChoiceView, PromptView, QuestionView, StudentQuestion, WeightedChoice
from exam.schemas.results import MarkedAnswer, ResultDetails, ResultView
from exam.tables import Exam, StoredAnswers
from lms import markdown_images, roster, uploads

_OWN = ("own_result_released", "own_opens_at", "own_closes_at", "attempts_left", "running_attempt_id", "state")

# Signatures of S3 are valid for a week at most.
_LONGEST_LINK = timedelta(days=7)

Authors = Mapping[UUID, roster.User]
"""Who replaced scores, by id."""


def exam(found: Exam, version: int, course: roster.Course) -> ExamView:
    """An exam as a course lists it; `version` is the one that it has or gets."""
    return ExamView.model_validate(_of_exam(found, version, course))


def exam_for_teachers(found: Exam, course: roster.Course) -> ExamDetails:
    """An exam with how many questions and points it has."""
    own = dict.fromkeys(_OWN)
    return ExamDetails.model_validate({**_details_of_exam(found, course), **own})


def exam_for_student(
    found: Exam, course: roster.Course, standing: Standing, now: datetime, *, may_begin: bool
) -> ExamDetails:
    """An exam, and how a student stands to it; `may_begin`: they are enrolled."""
    answering = standing.answering(now)
    own = {
        "own_result_released": standing.status is not None and standing.shown(now) != "nothing",
        "own_opens_at": standing.settings.opens_at,
        "own_closes_at": standing.closing,
        "attempts_left": standing.attempts_left if may_begin else 0,
        "running_attempt_id": answering.id if answering else None,
        "state": standing.state(now, may_begin=may_begin),
    }
    return ExamDetails.model_validate({**_details_of_exam(found, course), **own})


def _details_of_exam(found: Exam, course: roster.Course) -> dict[str, Any]:
    settings = found.settings()
    results_at = None if settings.release == "manual" else settings.last_closing
    return {**_of_exam(found, found.version, course), "question_count": found.questions, "results_at": results_at}


def _of_exam(found: Exam, version: int, course: roster.Course) -> dict[str, Any]:
    shown = {
        "course_title": course.title,
        "closes_at": found.settings().closing,
        "released_at": found.released_at,
        "version": version,
    }
    return {**found.attribute_values, **shown}


def with_key(settings: ExamSettings, question: Question) -> QuestionView:
    """A question with its key."""
    return QuestionView(
        **_for_all(settings.exam_id, question),
        choices=_weighted_choices(question),
        images=_images(question),
        exam_title=settings.title,
        correct_answer=_key(question),
        partial_credit=question.partial_credit,
        explanation=question.explanation,
        full_credit=question.full_credit,
        draw_id=question.draw_id,
        version=question.version,
        created_at=question.created_at,
        updated_at=question.updated_at,
    )


def bank_question(course: roster.Course, question: BankQuestion) -> BankQuestionView:
    return BankQuestionView(
        id=question.id,
        course_id=course.id,
        course_title=course.title,
        title=question.title,
        question_text=question.question_text,
        kind=question.kind,
        choices=_weighted_choices(question),
        prompts=_prompts(question),
        correct_answer=_key(question),
        partial_credit=question.partial_credit,
        points=question.points,
        explanation=question.explanation,
        images=_images(question),
        tags=list(question.tags),
        difficulty=question.difficulty,
        version=question.version,
        created_at=question.created_at,
        updated_at=question.updated_at,
    )


def added(exam: Exam, question_set: QuestionSet, number: int) -> QuestionsAdded:
    """What an exam has now that it got so many copies of bank questions."""
    return QuestionsAdded(
        exam_id=exam.id,
        exam_title=exam.title,
        added=number,
        question_count=question_set.count,
        points=question_set.points,
        draws=draws(exam, question_set),
    )


def draws(exam: Exam, question_set: QuestionSet) -> list[DrawView]:
    return [
        DrawView(**dict(draw), exam_id=exam.id, exam_title=exam.title, pool_size=len(question_set.pool(draw.id)))
        for draw in question_set.draws
    ]


def for_attempt(
    standing: Standing, attempt: Attempt, question_set: QuestionSet, now: datetime
) -> list[StudentQuestion]:
    """The questions in the order of an attempt, without anything that reveals a key."""
    questions: Sequence[Question] = question_set.questions
    ordered = shuffled(attempt.id, questions) if standing.settings.shuffle else questions
    # Whoever sits an exam sees its images until the end, without asking again.
    seconds = int(min(standing.deadline(attempt) - now, _LONGEST_LINK).total_seconds())
    seconds = max(seconds, uploads.LINK_SECONDS)
    return [_for_student_of(attempt.id, standing.settings.exam_id, question, seconds) for question in ordered]


def _for_student_of(attempt_id: UUID, exam_id: UUID, question: Question, seconds: int) -> StudentQuestion:
    choices = as_shown(attempt_id, question).choices
    return StudentQuestion(
        **_for_all(exam_id, question),
        choices=[ChoiceView(id=choice.id, text=choice.text) for choice in choices],
        images=markdown_images.show(question.images, *question.asking_texts.values(), seconds=seconds),
    )


def _images(question: Question) -> dict[str, markdown_images.ImageView]:
    return markdown_images.show(question.images, *question.texts.values())


def _for_all(exam_id: UUID, question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "exam_id": exam_id,
        "question_text": question.question_text,
        "kind": question.kind,
        "prompts": _prompts(question),
        "points": question.points,
    }


def _weighted_choices(question: Question) -> list[WeightedChoice]:
    return [WeightedChoice.model_validate(choice) for choice in question.choices]


def _prompts(question: Question) -> list[PromptView]:
    return [PromptView.model_validate(prompt) for prompt in question.prompts]


def _key(question: Question) -> KeyView:
    match question.correct_answer:
        case NumericKey() as key:
            return NumericKeyView.model_validate(key)
        case NumericRanges() as key:
            return NumericRangesView.model_validate(key)
        case ShortKey() as key:
            return ShortKeyView.model_validate(key)
        case MatchingKey() as key:
            return key.pairs
        case tuple() as key:
            return list(key)
        case key:
            return key


def summary(standing: Standing, answers: StoredAnswers, now: datetime) -> AttemptSummary:
    """An attempt for its student, without answers."""
    return AttemptSummary(**_for_student(standing, answers, now))


def with_answers(
    standing: Standing, answers: StoredAnswers, question_set: QuestionSet, now: datetime
) -> AttemptAnswers:
    """An attempt for its student, without the questions."""
    given = _answers_as_shown(answers, question_set)
    return AttemptAnswers(**_for_student(standing, answers, now), answers=given, server_time=now)


def for_student(standing: Standing, answers: StoredAnswers, question_set: QuestionSet, now: datetime) -> AttemptView:
    """An attempt for its student, with the questions."""
    return AttemptView(
        view="student",
        **_for_student(standing, answers, now),
        answers=_answers_as_shown(answers, question_set),
        server_time=now,
        questions=for_attempt(standing, standing.attempt(answers.id), question_set, now),
    )


def _answers_as_shown(answers: StoredAnswers, question_set: QuestionSet) -> dict[UUID, Any]:
    given = answers.by_question()
    asked = [question for question in question_set.questions if question.id in given]
    return {question.id: answer_as_shown(answers.id, question, given[question.id]) for question in asked}


def _for_student(standing: Standing, answers: StoredAnswers, now: datetime) -> dict[str, Any]:
    # `revision`, not `version`: what teachers and keys do to an attempt does not show.
    fields = _of_attempt(standing, answers) | {"version": answers.revision, "score": None}
    attempt = standing.attempt(answers.id)
    if not attempt.is_running:
        score = attempt.score if standing.shown(now) != "nothing" else None
        return fields | {"status": "submitted", "score": score}
    if standing.is_over(attempt, now):
        # As it will be stored a moment later.
        ended = standing.deadline(attempt)
        fields |= {"status": "submitted", "submitted_at": ended, "updated_at": ended, "version": answers.revision + 1}
    return fields


def for_list(standing: Standing, answers: StoredAnswers) -> AttemptSummary:
    """An attempt for teachers, without answers."""
    return AttemptSummary(**_of_attempt(standing, answers))


def for_teachers(standing: Standing, answers: StoredAnswers, authors: Authors, now: datetime) -> MarkedAttempt:
    """An attempt for teachers, with its marks."""
    return MarkedAttempt(
        view="teacher",
        **_of_attempt(standing, answers),
        answers=answers.by_question(),
        server_time=now,
        marks=answers.marks_earned(),
        history=[change for change in _history(standing, authors) if change.attempt_id == answers.id],
    )


def _of_attempt(standing: Standing, answers: StoredAnswers) -> dict[str, Any]:
    attempt = standing.attempt(answers.id)
    return {
        "id": attempt.id,
        **_whose(standing),
        "number": attempt.number,
        "status": attempt.progress,
        "started_at": attempt.started_at,
        "deadline": standing.deadline(attempt),
        "submitted_at": attempt.submitted_at,
        "answered": len(answers.answers),
        "score": attempt.score,
        "version": answers.version or 1,
        "created_at": attempt.started_at,
        "updated_at": answers.saved_at,
    }


def _whose(standing: Standing) -> dict[str, Any]:
    return {
        "exam_id": standing.settings.exam_id,
        "exam_title": standing.settings.title,
        "student_id": standing.student_id,
        "student_name": standing.student_name,
    }


def _history(standing: Standing, authors: Authors) -> list[Change]:
    return [
        Change(**dict(change), by_name=author.name if (author := authors.get(change.by)) else None)
        for change in standing.history
    ]


def result(standing: Standing) -> ResultView:
    return ResultView(**_of_result(standing))


def details(
    standing: Standing, answers: StoredAnswers | None, questions: QuestionSet | None, authors: Authors
) -> ResultDetails:
    """A result with the answers of an attempt and the keys; without them where either is None."""
    marked = [_marked(answers, question) for question in questions.questions] if answers and questions else None
    return ResultDetails(
        **_of_result(standing),
        attempt_id=answers.id if answers else None,
        answers=marked,
        history=_history(standing, authors),
    )


def _of_result(standing: Standing) -> dict[str, Any]:
    return {
        "id": uuid5(standing.settings.exam_id, str(standing.student_id)),
        **_whose(standing),
        "score": standing.score,
        "status": standing.status,
        "version": standing.version,
        "created_at": standing.created_at,
        "updated_at": standing.updated_at,
    }


def _marked(answers: StoredAnswers, question: Question) -> MarkedAnswer:
    return MarkedAnswer(
        question_id=question.id,
        question_text=question.question_text,
        kind=question.kind,
        choices=_weighted_choices(question),
        prompts=_prompts(question),
        answer=answers.by_question().get(question.id),
        correct_answer=_key(question),
        partial_credit=question.partial_credit,
        explanation=question.explanation,
        images=_images(question),
        points=question.points,
        marks=answers.marks_earned().get(question.id),
    )
