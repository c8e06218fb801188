"""The tables that exam owns."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from pydantic import TypeAdapter
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from exam.rules.grading import Sitting
from exam.rules.questions import Question
from exam.rules.terms import Accommodation, ReleaseMode, Terms
from lms.dynamo import DecimalAttribute, Table, UUIDAttribute, table_name
from lms.settings import setting

DUE_SHARDS = 10

_questions = TypeAdapter(tuple[Question, ...])
_sittings = TypeAdapter(tuple[Sitting, ...])


class CourseIndex(GlobalSecondaryIndex["Exam"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The exams of a course by state (`published`, `draft`, `deleted`), soonest first."""

    class Meta:
        index_name = "course"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    exam_date = UTCDateTimeAttribute(range_key=True)


class Exam(Table):
    """An exam. `started_at`: since the first attempt or result its questions and most of its terms are frozen.

    `closes_by_default`: it closes `duration` after it opens, because nobody said otherwise. `closed_at`: its teachers
    closed it before that. `sheet` is the version of its questions. `settled_at`: those who missed it were written down.
    `told_version` is the one that an event told last. A deleted one stays as a tombstone.
    """

    class Meta:
        table_name = table_name("exams")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    course_id = UUIDAttribute()
    title = UnicodeAttribute()
    duration = NumberAttribute()
    exam_date = UTCDateTimeAttribute()
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
    shelf = UnicodeAttribute()
    questions = NumberAttribute(default=0)
    sheet = NumberAttribute(default=0)
    started_at = UTCDateTimeAttribute(null=True)
    closed_at = UTCDateTimeAttribute(null=True)
    released_at = UTCDateTimeAttribute(null=True)
    settled_at = UTCDateTimeAttribute(null=True)
    told_version = NumberAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    course_index = CourseIndex()

    @property
    def closing(self) -> datetime:
        """When it closes, or has closed, for those without an accommodation."""
        return min(self.closes_at, self.closed_at or self.closes_at)

    def terms(self) -> Terms:
        return Terms(
            published=self.published,
            paper=self.paper,
            opens_at=self.exam_date,
            closes_at=self.closes_at,
            last_closing=self.last_closing,
            duration=timedelta(minutes=self.duration),
            attempts_allowed=int(self.attempts_allowed),
            release=cast(ReleaseMode, self.release),
            closed_at=self.closed_at,
            released_at=self.released_at,
        )


class QuestionSheet(Table):
    """All questions of an exam, so that a change is atomic and a read one read.

    `regrades` tells why keys were changed after the exam had begun: the sheet's version, the reason, when, by whom.
    """

    class Meta:
        table_name = table_name("question_sheets")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    stored = UnicodeAttribute()
    regrades: JSONAttribute = JSONAttribute(default=list)
    version = VersionAttribute()

    def questions(self) -> tuple[Question, ...]:
        return _questions.validate_json(self.stored)

    def store(self, questions: tuple[Question, ...]) -> int:
        """Sets the questions; how many bytes they take."""
        text = _questions.dump_json(questions)
        self.stored = text.decode()
        return len(text)


class QuestionId(Table):
    """Points from a question to its exam; never changed."""

    class Meta:
        table_name = table_name("question_ids")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    exam_id = UUIDAttribute()


class DueIndex(GlobalSecondaryIndex["Candidate"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: students whose standing the clock will change."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


class Candidate(Table):
    """A student in an exam: what they were granted, their attempts in short, and their result.

    Every change to what one student has in one exam writes this item, so they come one after the other, and nobody
    waits for another student. `status` is empty as long as there is no result. `told`: the result is known outside;
    `told_version` is the one that an event told last. `history` has what was changed after all: the former score, why,
    when, by whom. `shut`: the exam was closed before its time, and this item written, so that no attempt begins that
    was asked for before.
    """

    class Meta:
        table_name = table_name("candidates")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    student_id = UUIDAttribute(range_key=True)
    extra_minutes = NumberAttribute(default=0)
    extra_closes_at = UTCDateTimeAttribute(null=True)
    extra_attempts = NumberAttribute(default=0)
    stored_sittings = UnicodeAttribute(default="[]")
    shut = BooleanAttribute(default=False)
    status = UnicodeAttribute(null=True)
    score = DecimalAttribute(null=True)
    told = BooleanAttribute(default=False)
    told_version = NumberAttribute(null=True)
    history: JSONAttribute = JSONAttribute(default=list)
    due = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    due_index = DueIndex()

    def accommodation(self) -> Accommodation:
        return Accommodation(
            timedelta(minutes=self.extra_minutes), self.extra_closes_at, extra_attempts=int(self.extra_attempts)
        )

    def sittings(self) -> tuple[Sitting, ...]:
        return _sittings.validate_json(self.stored_sittings)

    def keep(self, sitting: Sitting) -> None:
        """Puts an attempt in place of its former state, or behind the others."""
        sittings = {kept.id: kept for kept in self.sittings()} | {sitting.id: sitting}
        self.stored_sittings = _sittings.dump_json(tuple(sittings.values())).decode()


class ExamAttemptIndex(GlobalSecondaryIndex["Attempt"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The attempts of an exam by progress, in the order of their beginning; saving answers does not touch it."""

    class Meta:
        index_name = "exam"
        projection = KeysOnlyProjection()

    listing = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Attempt(Table):
    """One attempt: its answers and marks. `revision` counts what its student did, `version` every change.

    `given` has what teachers gave, `marks` what each question earned when it was graded last.
    """

    class Meta:
        table_name = table_name("attempts")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    exam_id = UUIDAttribute()
    course_id = UUIDAttribute()
    student_id = UUIDAttribute()
    number = NumberAttribute()
    progress = UnicodeAttribute()
    listing = UnicodeAttribute()
    answers: JSONAttribute = JSONAttribute(default=dict)
    given: JSONAttribute = JSONAttribute(default=dict)
    marks: JSONAttribute = JSONAttribute(default=dict)
    score = DecimalAttribute(null=True)
    started_at = UTCDateTimeAttribute()
    saved_at = UTCDateTimeAttribute()
    submitted_at = UTCDateTimeAttribute(null=True)
    revision = NumberAttribute()
    version = VersionAttribute()
    exam_index = ExamAttemptIndex()


class ScoreCount(Table):
    """How many results have a score of so many whole percent, or are missed, each counted on one of ten items.

    The sums are exact.
    """

    class Meta:
        table_name = table_name("score_counts")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    slot = UnicodeAttribute(range_key=True)
    results = NumberAttribute()
    passed = NumberAttribute()
    total = DecimalAttribute()


class UpkeepIndex(GlobalSecondaryIndex["Upkeep"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Exams by when the whole class is to be looked at."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


class Upkeep(Table):
    """A walk over all students of an exam: when it is due, how often yet, and how far it has come.

    `order` names the reason to walk: a walk that a newer order has overtaken stops. `again`: once more after this one.
    `failed`: for some students, who are to be tried again.
    """

    class Meta:
        table_name = table_name("exam_upkeep")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    order = UUIDAttribute()
    due = NumberAttribute()
    due_at = UTCDateTimeAttribute()
    again = BooleanAttribute()
    failed = BooleanAttribute(default=False)
    phase = NumberAttribute(default=0)
    after = UUIDAttribute(null=True)
    due_index = UpkeepIndex()


def shard_of(item_id: UUID) -> int:
    """The partition of a due index in which an item waits."""
    return item_id.int % DUE_SHARDS


def listing_of(exam_id: UUID, progress: str) -> str:
    """The partition in which the attempts of an exam with this progress are listed."""
    return f"{exam_id}#{progress}"


def shelf_of(course_id: UUID, state: str) -> str:
    """The partition in which the exams of a course in this state are listed."""
    return f"{course_id}#{state}"


def attributes(item: Table) -> dict[str, Any]:
    """The values of an item, to see later whether anything was changed."""
    # None is not stored, so what is read has no key where what is set may have a None.
    return {name: value for name, value in item.attribute_values.items() if value is not None}
