"""The tables that exam owns.

| table | key | item |
| --- | --- | --- |
| Exams | exam id | `Exam` |
| | `questions#<exam id>` | `StoredQuestions`: all questions of an exam |
| | `question#<question id>` | `QuestionId`: the exam that a question is in |
| | `bankQuestion#<question id>` | `BankQuestionId`: the course in whose bank a question is, or was |
| | `sweep#<exam id>` | `Sweep`: due work on all students of an exam |
| | `schedule#<course id>` | `StoredSchedule`: when the published exams of a course open and close |
| Standings | exam id, student id | `StoredStanding`: what one student has in one exam, but for answers |
| | `course#<course id>`, student id | `CourseAccommodation`: what one student was granted in a whole course |
| | `marking#<teacher id>`, attempt id | `WaitingAttempt`: an attempt that a teacher has to mark |
| | `scores#<exam id>`, score | `ScoreCount`: how many students have this score |
| QuestionBank | course id, question id | `StoredBankQuestion`: a question of the course's bank |
| | `facet#<course id>#<facet>`, question id | `FacetEntry`: that a question has a tag, a difficulty or a kind |
| | `facets#<course id>`, facet | `FacetCount`: how many questions have it |
| AttemptAnswers | attempt id | `StoredAnswers`: the answers and marks of one attempt |
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, cast, get_args
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from exam.rules.bank import BankQuestion
from exam.rules.questions import Draw, Question, QuestionSet, Regrade
from exam.rules.settings import Accommodation, ExamSettings, ReleaseMode
from exam.rules.standing import Attempt, Change, Progress, Standing
from lms.due import DueIndex, shard_of
from lms.dynamo import DecimalAttribute, Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting

Listed = Literal["published", "draft", "deleted"]
"""The state of an exam by which a course lists it."""

_LATER = ConfigDict(defer_build=True)
_questions = TypeAdapter(tuple[Question, ...], config=_LATER)
_draws = TypeAdapter(tuple[Draw, ...], config=_LATER)
_regrades = TypeAdapter(tuple[Regrade, ...], config=_LATER)
_attempts = TypeAdapter(tuple[Attempt, ...], config=_LATER)
_history = TypeAdapter(tuple[Change, ...], config=_LATER)


class CourseIndex(GlobalSecondaryIndex["Exam"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The exams of a course by state, soonest first."""

    class Meta:
        index_name = "course"
        projection = AllProjection()

    listing_key = UnicodeAttribute(hash_key=True)
    opens_at = UTCDateTimeAttribute(range_key=True)


class Exam(Table):
    """An exam. `started_at`: since the first attempt or result its questions and most of its settings are frozen.

    `closes_by_default`: it closes `duration` after it opens, as its teachers set no other time. `closed_at`: they
    closed it early. `question_set` is the version of its questions. `missed_noted_at`: the students who missed it have
    that as their result. `event_version` is the version that the last event about it had. A deleted exam stays
    as a tombstone.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    course_id = UUIDAttribute()
    title = UnicodeAttribute()
    duration = NumberAttribute()
    opens_at = UTCDateTimeAttribute()
    closes_at = UTCDateTimeAttribute()
    closes_by_default = BooleanAttribute()
    last_closing = UTCDateTimeAttribute()
    pass_mark = DecimalAttribute()
    weight = DecimalAttribute()
    attempts_allowed = NumberAttribute()
    shuffle = BooleanAttribute()
    paper = BooleanAttribute()
    release = UnicodeAttribute()
    published = BooleanAttribute()
    listing_key = UnicodeAttribute()
    questions = NumberAttribute(default=0)
    question_set = NumberAttribute(default=0)
    points = DecimalAttribute(default=Decimal)
    instructions = UnicodeAttribute(default="")
    started_at = UTCDateTimeAttribute(null=True)
    closed_at = UTCDateTimeAttribute(null=True)
    released_at = UTCDateTimeAttribute(null=True)
    missed_noted_at = UTCDateTimeAttribute(null=True)
    event_version = NumberAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    course_index = CourseIndex()

    @property
    def is_deleted(self) -> bool:
        return bool(self.listing_key == exams_key(self.course_id, "deleted"))

    def settings(self) -> ExamSettings:
        return ExamSettings(
            exam_id=self.id,
            course_id=self.course_id,
            title=self.title,
            published=self.published,
            paper=self.paper,
            shuffle=self.shuffle,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            closes_by_default=self.closes_by_default,
            last_closing=self.last_closing,
            duration=timedelta(minutes=self.duration),
            attempts_allowed=int(self.attempts_allowed),
            pass_mark=self.pass_mark,
            weight=self.weight,
            release=cast(ReleaseMode, self.release),
            questions=int(self.questions),
            question_set=int(self.question_set),
            version=self.version,
            deleted=self.is_deleted,
            started_at=self.started_at,
            closed_at=self.closed_at,
            released_at=self.released_at,
            instructions=self.instructions,
        )


class StoredSchedule(Table):
    """The published exams of a course by id: when each opens, and when it has closed for every student.

    A student's exams in all courses are found by it in one read.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    course_id = TypedKey("schedule", UUID, hash_key=True, attr_name="id")
    exams: JSONAttribute = JSONAttribute(default=dict)
    version = VersionAttribute()


class StoredQuestions(Table):
    """All questions of an exam, so that a change is atomic and reading them takes one request.

    Those from which some are drawn are here too: an attempt reads no more than in any other exam.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    exam_id = TypedKey("questions", hash_key=True, attr_name="id")
    questions = UnicodeAttribute(default="[]")
    regrades = UnicodeAttribute(default="[]")
    draws = UnicodeAttribute(default="[]")
    version = VersionAttribute()

    def question_set(self) -> QuestionSet:
        questions, regrades = _questions.validate_json(self.questions), _regrades.validate_json(self.regrades)
        return QuestionSet(self.version or 0, questions, regrades, _draws.validate_json(self.draws))

    def store(self, question_set: QuestionSet) -> None:
        self.questions = _questions.dump_json(question_set.questions).decode()
        self.regrades = _regrades.dump_json(question_set.regrades).decode()
        self.draws = _draws.dump_json(question_set.draws).decode()


class QuestionId(Table):
    """Points from a question to its exam; never changed."""

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    question_id = TypedKey("question", hash_key=True, attr_name="id")
    exam_id = UUIDAttribute()


class BankQuestionId(Table):
    """Points from a question to the course in whose bank it is; never changed, and kept when the question is deleted.

    So an import that is repeated does not bring it back.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    question_id = TypedKey("bankQuestion", UUID, hash_key=True, attr_name="id")
    course_id = UUIDAttribute()


class StoredBankQuestion(Table):
    """A question of a course's bank."""

    class Meta:
        table_name = table_name("question_bank")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True, attr_name="owner")
    id = UUIDAttribute(range_key=True, attr_name="item")
    question = UnicodeAttribute()
    version = VersionAttribute()

    def bank_question(self) -> BankQuestion:
        return BankQuestion.model_validate_json(self.question)


class FacetEntry(Table):
    """That a question of a bank has a facet, by which it is found; `facets` are all of its facets."""

    class Meta:
        table_name = table_name("question_bank")
        region = setting("AWS_REGION")

    facet = TypedKey("facet", hash_key=True, attr_name="owner")
    id = UUIDAttribute(range_key=True, attr_name="item")
    facets = UnicodeSetAttribute()


class FacetCount(Table):
    """How many questions of a bank have a facet; `label` is the tag as the last question that got it writes it."""

    class Meta:
        table_name = table_name("question_bank")
        region = setting("AWS_REGION")

    course_id = TypedKey("facets", UUID, hash_key=True, attr_name="owner")
    facet = UnicodeAttribute(range_key=True, attr_name="item")
    questions = NumberAttribute()
    label = UnicodeAttribute(null=True)


class StoredStanding(Table):
    """A `Standing`. Every change to what one student has in one exam writes this item and no item of another student.

    So the changes of one student come one after the other, and nobody waits for another student.
    """

    class Meta:
        table_name = table_name("standings")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    student_id = UUIDAttribute(range_key=True)
    extra_minutes = NumberAttribute(default=0)
    extra_closes_at = UTCDateTimeAttribute(null=True)
    extra_attempts = NumberAttribute(default=0)
    extra_percent = NumberAttribute(default=0)
    reopened_until = UTCDateTimeAttribute(null=True)
    attempts = UnicodeAttribute(default="[]")
    starts_blocked = BooleanAttribute(default=False)
    status = UnicodeAttribute(null=True)
    score = DecimalAttribute(null=True)
    published = BooleanAttribute(default=False)
    event_version = NumberAttribute(null=True)
    marking_version = NumberAttribute(null=True)
    history = UnicodeAttribute(default="[]")
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    due_index = DueIndex["StoredStanding"]()

    def accommodation(self) -> Accommodation:
        extra = int(self.extra_minutes), self.extra_closes_at, int(self.extra_attempts)
        return Accommodation(*extra, extra_percent=int(self.extra_percent), reopened_until=self.reopened_until)

    def standing(self, settings: ExamSettings) -> Standing:
        return Standing(
            settings=settings,
            student_id=self.student_id,
            accommodation=self.accommodation(),
            attempts=_attempts.validate_json(self.attempts),
            starts_blocked=self.starts_blocked,
            status=cast(Any, self.status),
            score=self.score,
            published=self.published,
            event_version=None if self.event_version is None else int(self.event_version),
            marking_version=None if self.marking_version is None else int(self.marking_version),
            history=_history.validate_json(self.history),
            due_at=self.due_at,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
        )

    @classmethod
    def of(cls, standing: Standing) -> "StoredStanding":
        granted = standing.accommodation
        stored = cls(
            exam_id=standing.settings.exam_id,
            student_id=standing.student_id,
            extra_minutes=granted.extra_minutes,
            extra_closes_at=granted.closes_at,
            extra_attempts=granted.extra_attempts,
            extra_percent=granted.extra_percent,
            reopened_until=granted.reopened_until,
            attempts=_attempts.dump_json(standing.attempts).decode(),
            starts_blocked=standing.starts_blocked,
            status=standing.status,
            score=standing.score,
            published=standing.published,
            event_version=standing.event_version,
            marking_version=standing.marking_version,
            history=_history.dump_json(standing.history).decode(),
            due_shard=None if standing.due_at is None else shard_of(standing.student_id),
            due_at=standing.due_at,
            created_at=standing.created_at,
            updated_at=standing.updated_at,
        )
        if standing.version is not None:
            stored.version = standing.version
        return stored


class AttemptIndex(GlobalSecondaryIndex["StoredAnswers"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The attempts of an exam by progress, in the order in which they began; saving answers does not touch it."""

    class Meta:
        index_name = "exam"
        projection = KeysOnlyProjection()

    listing_key = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class StoredAnswers(Table):
    """The answers and marks of one attempt; all else about it is in its student's `StoredStanding`.

    `revision` counts what the student did, `version` every change. `given` has the marks that teachers gave, `marks`
    what each question earned when the attempt was graded last.
    """

    class Meta:
        table_name = table_name("attempt_answers")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    exam_id = UUIDAttribute()
    course_id = UUIDAttribute()
    student_id = UUIDAttribute()
    listing_key = UnicodeAttribute()
    answers: JSONAttribute = JSONAttribute(default=dict)
    given: JSONAttribute = JSONAttribute(default=dict)
    marks: JSONAttribute = JSONAttribute(default=dict)
    saved_at = UTCDateTimeAttribute()
    revision = NumberAttribute(default=1)
    version = VersionAttribute()
    exam_index = AttemptIndex()

    def by_question(self) -> dict[UUID, Any]:
        return {UUID(question_id): answer for question_id, answer in self.answers.items()}

    def give(self, marks: Mapping[UUID, Decimal]) -> None:
        """Notes marks that a teacher gives, beside those given before."""
        self.given = {**self.given, **{str(question_id): str(points) for question_id, points in marks.items()}}

    def note_grade(self, marks: Mapping[UUID, Decimal | None], progress: Progress) -> None:
        """Notes what each question earned, and lists the attempt under its progress."""
        self.marks = {
            str(question_id): None if points is None else str(points) for question_id, points in marks.items()
        }
        self.listing_key = attempts_key(self.exam_id, progress)

    def reopen(self) -> None:
        """Forgets all marks, and lists the attempt as running; its student sees one more revision."""
        self.given, self.marks = {}, {}
        self.revision += 1
        self.listing_key = attempts_key(self.exam_id, "running")

    def marks_given(self) -> dict[UUID, Decimal]:
        return {UUID(question_id): Decimal(marks) for question_id, marks in self.given.items()}

    def marks_earned(self) -> dict[UUID, Decimal | None]:
        """None for the questions that a teacher has yet to mark."""
        return {UUID(question_id): marks and Decimal(marks) for question_id, marks in self.marks.items()}


class ScoreCount(Table):
    """How many results have a score of so many whole percent, or are missed, each counted on one of ten items.

    The sums are exact.
    """

    class Meta:
        table_name = table_name("standings")
        region = setting("AWS_REGION")

    exam_id = TypedKey("scores", hash_key=True, attr_name="exam_id")
    score = UnicodeAttribute(range_key=True, attr_name="student_id")
    results = NumberAttribute()
    passed = NumberAttribute()
    total = DecimalAttribute()


class CourseAccommodation(Table):
    """More time for one student in every exam of a course; their standing in each exam has it too."""

    class Meta:
        table_name = table_name("standings")
        region = setting("AWS_REGION")

    course_id = TypedKey("course", UUID, hash_key=True, attr_name="exam_id")
    student_id = UUIDAttribute(range_key=True)
    extra_percent = NumberAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class WaitingAttempt(Table):
    """An attempt that waits for marks, in the list of one teacher of its course; ids begin with their time."""

    class Meta:
        table_name = table_name("standings")
        region = setting("AWS_REGION")

    teacher_id = TypedKey("marking", UUID, hash_key=True, attr_name="exam_id")
    attempt_id = UUIDAttribute(range_key=True, attr_name="student_id")
    of_exam = UUIDAttribute()
    of_student = UUIDAttribute()
    course_id = UUIDAttribute()


class Sweep(Table):
    """A sweep over all students of an exam: when it is due, whether it repeats, and how far it has come.

    `run_id`: a sweep that was scheduled anew has another one, and the former run stops. `repeats`: once more when it is
    done. `failed`: for some students, who are to be tried again.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    exam_id = TypedKey("sweep", hash_key=True, attr_name="id")
    run_id = UUIDAttribute()
    due_shard = NumberAttribute()
    due_at = UTCDateTimeAttribute()
    repeats = BooleanAttribute()
    failed = BooleanAttribute(default=False)
    phase = NumberAttribute(default=0)
    after = UUIDAttribute(null=True)
    due_index = DueIndex["Sweep"]()


def attempts_key(exam_id: UUID, progress: Progress) -> str:
    """The `listing_key` of the attempts of an exam with this progress."""
    return f"{exam_id}#{progress}"


def all_exams_of(course_id: UUID) -> Iterator[Exam]:
    """The exams of a course, drafts and deleted ones too: few."""
    for state in get_args(Listed):
        yield from Exam.course_index.query(exams_key(course_id, state))


def exams_key(course_id: UUID, state: Listed) -> str:
    """The `listing_key` of the exams of a course in this state."""
    return f"{course_id}#{state}"


def facet_key(course_id: UUID, facet: str) -> str:
    """The key of the entries of a facet in the bank of a course."""
    return f"{course_id}#{facet}"
