"""The tables that progress owns.

| table | key | item |
| --- | --- | --- |
| Progress | id, which follows from student and course | `Progress` |
| Attendance | course id, date | `Attendance`: one session |
| Feedback | course id, feedback id | `Feedback` |
| | `author#<student id>`, course and teacher | `FeedbackAuthor`: the feedback that a student gave on them |
| | `summary#<course id>`, `ratings` | `FeedbackSummary`: how often a course got each rating |
"""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class ClassIndex(GlobalSecondaryIndex["Progress"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The progress of all students in a course."""

    class Meta:
        index_name = "class"
        projection = KeysOnlyProjection()

    course_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Progress(Table):
    """A student in a course. `id` follows from the two (`rules.progress_id`).

    `done` keeps lessons that are hidden or gone by now, for they may come back. `percentage` is what was
    published last; `stated` is a client's own number.
    """

    class Meta:
        table_name = table_name("progress")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    student_id = UUIDAttribute()
    course_id = UUIDAttribute()
    current_module = UUIDAttribute(null=True)
    done = UnicodeSetAttribute(default=set)
    stated = NumberAttribute(default=0)
    percentage = NumberAttribute(default=0)
    completed = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    class_index = ClassIndex()


class Attendance(Table):
    """One session: a course on one date. `records` are statuses by student id; a thousand are 60 KB.

    A deleted one stays with its version, so that one recorded later for the same date has a higher one.
    """

    class Meta:
        table_name = table_name("attendance")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    date = UnicodeAttribute(range_key=True)
    records = JSONAttribute()
    deleted = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class TeacherIndex(GlobalSecondaryIndex["Feedback"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: the feedback on a teacher, in all courses."""

    class Meta:
        index_name = "teacher"
        projection = KeysOnlyProjection()

    teacher_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Feedback(Table):
    """What a student said of a course or of one of its teachers; `student_id` is empty once the student was erased."""

    class Meta:
        table_name = table_name("feedback")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)
    student_id = UUIDAttribute(null=True)
    teacher_id = UUIDAttribute(null=True)
    rating = NumberAttribute()
    comment = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    teacher_index = TeacherIndex()


class FeedbackAuthor(Table):
    """Which feedback a student gave on what (`about`: course and teacher); there is one of each."""

    class Meta:
        table_name = table_name("feedback")
        region = setting("AWS_REGION")

    student_id = TypedKey("author", hash_key=True, attr_name="course_id")
    about = UnicodeAttribute(range_key=True, attr_name="id")
    about_course = UUIDAttribute()
    feedback_id = UUIDAttribute()


class FeedbackSummary(Table):
    """How often a course got each rating: counted as feedback is given, never when it is shown."""

    class Meta:
        table_name = table_name("feedback")
        region = setting("AWS_REGION")

    course_id = TypedKey("summary", hash_key=True)
    item = UnicodeAttribute(range_key=True, attr_name="id", default="ratings")
    ones = NumberAttribute(default=0)
    twos = NumberAttribute(default=0)
    threes = NumberAttribute(default=0)
    fours = NumberAttribute(default=0)
    fives = NumberAttribute(default=0)
