"""The table that instructor owns."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class DirectoryIndex(GlobalSecondaryIndex["Teacher"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Teachers by state (`listed`, `erased`), in the order of their registration."""

    class Meta:
        index_name = "directory"
        projection = AllProjection()

    directory = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class AssignmentAttribute(MapAttribute[str, object]):
    """One that ended stays, so that its version goes on when it begins again."""

    course_id = UUIDAttribute()
    active = BooleanAttribute()
    version = NumberAttribute()


class Teacher(Table):
    """A teacher as of the account's version `user_version`, and their courses; the Roster has a copy of these.

    An erased one stays as a tombstone without personal data.
    """

    class Meta:
        table_name = table_name("instructors")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    directory = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    user_version = NumberAttribute()
    assignments = ListAttribute(of=AssignmentAttribute, default=list)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    directory_index = DirectoryIndex()


class CourseClass(Table):
    """A course as its teachers see it: how many students are active, how many attempts wait for marks, its exams.

    `exams` are `rules.Exam`s by id; `exams_version` counts their changes.
    """

    class Meta:
        table_name = table_name("instructors")
        region = setting("AWS_REGION")

    course_id = TypedKey("class", hash_key=True, attr_name="id")
    students = NumberAttribute(default=0)
    attempts_to_mark = NumberAttribute(default=0)
    exams = JSONAttribute(default=dict)
    exams_version = NumberAttribute(default=0)


class ClassMember(Table):
    """Whether an enrolment counts in its class, as of the enrolment's `version`."""

    class Meta:
        table_name = table_name("instructors")
        region = setting("AWS_REGION")

    key = TypedKey("member", hash_key=True, attr_name="id")
    active = BooleanAttribute()
    version = NumberAttribute()

    @staticmethod
    def key_of(course_id: object, student_id: object) -> str:
        return f"{course_id}#{student_id}"


class ExamMarking(Table):
    """How many of a student's attempts at an exam wait for marks, as of this number's `version`."""

    class Meta:
        table_name = table_name("instructors")
        region = setting("AWS_REGION")

    key = TypedKey("marking", hash_key=True, attr_name="id")
    waiting = NumberAttribute()
    version = NumberAttribute()

    @staticmethod
    def key_of(exam_id: object, student_id: object) -> str:
        return f"{exam_id}#{student_id}"
