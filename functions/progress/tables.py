"""The tables that progress owns."""

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

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class ClassIndex(GlobalSecondaryIndex["Progress"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The progress of everybody in a course."""

    class Meta:
        index_name = "class"
        projection = KeysOnlyProjection()

    course_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Progress(Table):
    """A student in a course. `id` follows from the two (`rules.progress_id`).

    `done` keeps lessons that are hidden or gone by now, for they may come back. `percentage` is what was told last;
    `stated` is a client's own number.
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
    """One session: a course on one date. `records` are statuses by student id; a thousand are 60 KB."""

    class Meta:
        table_name = table_name("attendance")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    date = UnicodeAttribute(range_key=True)
    records = JSONAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class InstructorIndex(GlobalSecondaryIndex["Feedback"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: the feedback on an instructor, in all courses."""

    class Meta:
        index_name = "instructor"
        projection = KeysOnlyProjection()

    instructor_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Feedback(Table):
    """What somebody said of a course or of one of its instructors; `student_id` is empty once they were erased."""

    class Meta:
        table_name = table_name("feedback")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)
    student_id = UUIDAttribute(null=True)
    instructor_id = UUIDAttribute(null=True)
    rating = NumberAttribute()
    comment = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    instructor_index = InstructorIndex()


class FeedbackAuthor(Table):
    """Which feedback a student gave on what (`about`: course and instructor); there is one of each."""

    class Meta:
        table_name = table_name("feedback_authors")
        region = setting("AWS_REGION")

    student_id = UUIDAttribute(hash_key=True)
    about = UnicodeAttribute(range_key=True)
    course_id = UUIDAttribute()
    feedback_id = UUIDAttribute()


class FeedbackSummary(Table):
    """How often a course got each rating: counted as feedback is given, never when it is shown."""

    class Meta:
        table_name = table_name("feedback_summaries")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    ones = NumberAttribute(default=0)
    twos = NumberAttribute(default=0)
    threes = NumberAttribute(default=0)
    fours = NumberAttribute(default=0)
    fives = NumberAttribute(default=0)
