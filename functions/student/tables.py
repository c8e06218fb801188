"""The tables that student owns."""

from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute, VersionAttribute
from pynamodb.constants import STRING
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting
from student.rules import Exams, Facts, Override, OwnFields, Teachers

_T = TypeVar("_T")


class ValueAttribute(Attribute[_T]):
    """A value of `kind`, a pydantic model or the like, as JSON: read in microseconds, where a map of maps takes
    milliseconds, and a session of a class reads a thousand."""

    attr_type = STRING

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self._kind = kind

    @cached_property
    def _adapter(self) -> TypeAdapter[_T]:
        return TypeAdapter(self._kind)

    def serialize(self, value: _T) -> str:
        return self._adapter.dump_json(value, exclude_unset=True).decode()

    def deserialize(self, value: str) -> _T:
        return self._adapter.validate_json(value)


class DirectoryIndex(GlobalSecondaryIndex["Student"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """All students, in the order of their registration."""

    class Meta:
        index_name = "directory"
        projection = AllProjection()

    directory = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Student(Table):
    """A student's record, beside their card on the Roster; it exists as long as that does.

    `own` are the fields of the profile that belong to this service and not to the account.
    """

    class Meta:
        table_name = table_name("students")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    directory = UnicodeAttribute(default="listed")
    status = UnicodeAttribute(default="active")
    program = UnicodeAttribute(null=True)
    enrollment_year = NumberAttribute(null=True)
    own = ValueAttribute[OwnFields](OwnFields, default=OwnFields)
    picture = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    directory_index = DirectoryIndex()


class KnownCourse(Table):
    """A course as its events describe it; it outlives the Roster's card.

    `exams` are those that count in its grades. The title of its program and the names of its teachers stand here too,
    so that a hundred courses are one read.
    """

    class Meta:
        table_name = table_name("students")
        region = setting("AWS_REGION")

    id = TypedKey("course", hash_key=True)
    title = UnicodeAttribute(null=True)
    program_id = UUIDAttribute(null=True)
    program_title = UnicodeAttribute(null=True)
    term_id = UUIDAttribute(null=True)
    course_version = NumberAttribute(default=0)
    teachers = ValueAttribute[Teachers](Teachers, default=dict)
    exams = ValueAttribute[Exams](Exams, default=dict)
    version = VersionAttribute()


class KnownProgram(Table):
    """A program as its events describe it; it outlives the Roster's card. `courses` are those that have its title."""

    class Meta:
        table_name = table_name("students")
        region = setting("AWS_REGION")

    id = TypedKey("program", hash_key=True)
    title = UnicodeAttribute(null=True)
    courses = ValueAttribute[frozenset[UUID]](frozenset[UUID], default=frozenset)
    program_version = NumberAttribute(default=0)
    version = VersionAttribute()


class ReportCard(Table):
    """What is known of a student in a course, and what its teachers say; grades are computed when it is read."""

    class Meta:
        table_name = table_name("report_cards")
        region = setting("AWS_REGION")

    student_id = UUIDAttribute(hash_key=True, attr_name="owner")
    course_id = UUIDAttribute(range_key=True, attr_name="item")
    facts = ValueAttribute[Facts](Facts, default=Facts)
    remarks = UnicodeAttribute(null=True)
    override = ValueAttribute[Override](Override, null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class SessionList(Table):
    """Everybody whom any version of a session (a course on a date) has named, up to the latest, whose version it has.

    It stands beside the report cards that the next version of the session may change.
    """

    class Meta:
        table_name = table_name("report_cards")
        region = setting("AWS_REGION")

    course_id = TypedKey("sessions", hash_key=True, attr_name="owner")
    day = UnicodeAttribute(range_key=True, attr_name="item")
    students = ValueAttribute[frozenset[UUID]](frozenset[UUID])
    version = NumberAttribute()
