"""The tables that instructor owns."""

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class DirectoryIndex(GlobalSecondaryIndex["Instructor"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Instructors by state (`listed`, `erased`), in the order of their registration."""

    class Meta:
        index_name = "directory"
        projection = AllProjection()

    directory = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Assignment(MapAttribute[str, object]):
    """One that ended stays, so that its version goes on when it is made again."""

    course_id = UUIDAttribute()
    active = BooleanAttribute()
    version = NumberAttribute()


class Instructor(Table):
    """A teacher as auth tells of them at `user_version`, and their courses; the Roster has a copy of these.

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
    assignments = ListAttribute(of=Assignment, default=list)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    directory_index = DirectoryIndex()


class ClassSize(Table):
    """How many students are active in a course."""

    class Meta:
        table_name = table_name("class_sizes")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    students = NumberAttribute()


class ClassSeat(Table):
    """What was last heard of an enrolment, at its `version`: whether it counts in the size of its class."""

    class Meta:
        table_name = table_name("class_seats")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    student_id = UUIDAttribute(range_key=True)
    active = BooleanAttribute()
    version = NumberAttribute()
