"""The tables that program owns. Rows that guard, count or point live in the table of what they belong to."""

from uuid import UUID

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class ProgramListing(GlobalSecondaryIndex["Program"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Programs in the order of their creation, deleted ones apart."""

    class Meta:
        index_name = "listing"
        projection = AllProjection()

    listing_key = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Program(Table):
    """A program. A deleted one stays as a tombstone, so that its end can be republished."""

    class Meta:
        table_name = table_name("programs")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    title = UnicodeAttribute()
    description = UnicodeAttribute()
    listing_key = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    listing = ProgramListing()


class ProgramTitle(Table):
    """Reserves a program's title (casefolded), which may exist once."""

    class Meta:
        table_name = table_name("programs")
        region = setting("AWS_REGION")

    title = TypedKey("title", hash_key=True, attr_name="id")


class CourseCount(Table):
    """How many courses a program has; it exists as long as the program."""

    class Meta:
        table_name = table_name("programs")
        region = setting("AWS_REGION")

    program_id = TypedKey("courses", UUID, hash_key=True, attr_name="id")
    courses = NumberAttribute()


class CourseListing(GlobalSecondaryIndex["Course"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The courses of a program in the order of their creation, deleted ones apart."""

    class Meta:
        index_name = "listing"
        projection = AllProjection()

    listing_key = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Course(Table):
    """A course. A deleted one stays as a tombstone, so that its end can be republished.

    `fee` is exact, as text with two places.
    """

    class Meta:
        table_name = table_name("courses")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    program_id = UUIDAttribute()
    title = UnicodeAttribute()
    short_description = UnicodeAttribute()
    quarter = UnicodeAttribute(null=True)
    capacity = NumberAttribute(null=True)
    enrollment = UnicodeAttribute()
    requires_payment = BooleanAttribute()
    fee = UnicodeAttribute(null=True)
    currency = UnicodeAttribute()
    term_id = UUIDAttribute(null=True)
    listing_key = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    listing = CourseListing()


class CatalogueIndex(GlobalSecondaryIndex["CatalogueEntry"]):  # type: ignore[no-untyped-call]  # as above
    """The catalogue's entries of one scope, by word."""

    class Meta:
        index_name = "listing"
        projection = AllProjection()

    listing_key = UnicodeAttribute(hash_key=True)
    key = TypedKey("catalogue", range_key=True, attr_name="id")


class CatalogueEntry(Table):
    """By which an open course is found: one for each word of its title, and one without a word in each scope.

    Words are found in the whole catalogue; what belongs to a program or a term is also listed there.
    """

    class Meta:
        table_name = table_name("courses")
        region = setting("AWS_REGION")

    key = TypedKey("catalogue", hash_key=True, attr_name="id")
    listing_key = UnicodeAttribute()
    course_id = UUIDAttribute()
    program_id = UUIDAttribute()
    term_id = UUIDAttribute(null=True)
    word = UnicodeAttribute()
    title = JSONAttribute()
    index = CatalogueIndex()


class Seats(Table):
    """What an enrolment in a course depends on; it exists as long as the course.

    `course_version` is the version of the course that set everything but `taken`.
    """

    class Meta:
        table_name = table_name("courses")
        region = setting("AWS_REGION")

    course_id = TypedKey("seats", UUID, hash_key=True, attr_name="id")
    taken = NumberAttribute()
    capacity = NumberAttribute(null=True)
    open = BooleanAttribute()
    requires_payment = BooleanAttribute()
    fee = UnicodeAttribute(null=True)
    currency = UnicodeAttribute()
    course_version = NumberAttribute()


class CourseTeachers(Table):
    """Who teaches a course, by the assignments' latest events: `[version, active]` by teacher."""

    class Meta:
        table_name = table_name("courses")
        region = setting("AWS_REGION")

    course_id = TypedKey("teachers", UUID, hash_key=True, attr_name="id")
    assignments = JSONAttribute(default=dict)
    version = VersionAttribute()


class ExamSchedule(GlobalSecondaryIndex["ExamDate"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The published exams of a course, soonest first."""

    class Meta:
        index_name = "exams"
        projection = AllProjection()

    course_id = UUIDAttribute(hash_key=True)
    opens_at = UTCDateTimeAttribute(range_key=True)


class ExamDate(Table):
    """A published exam, by its latest event. A cancelled one keeps its version alone."""

    class Meta:
        table_name = table_name("courses")
        region = setting("AWS_REGION")

    exam_id = TypedKey("exam", UUID, hash_key=True, attr_name="id")
    course_id = UUIDAttribute(null=True)
    title = UnicodeAttribute(null=True)
    opens_at = UTCDateTimeAttribute(null=True)
    closes_at = UTCDateTimeAttribute(null=True)
    duration = NumberAttribute(null=True)
    version = NumberAttribute()
    schedule = ExamSchedule()


class Enrollment(Table):
    """How a student belongs to a course; it outlives dropping, and the course. The Roster has a copy.

    `learned_all`: the enrolment was completed once because every lesson was done, and is not for that reason again.
    """

    class Meta:
        table_name = table_name("enrollments")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    student_id = UUIDAttribute(range_key=True)
    status = UnicodeAttribute()
    learned_all = BooleanAttribute(default=False)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class CoursePayments(Table):
    """What a student has paid for a course, as `payment.confirmed` says: `[amount, currency]` by voucher number."""

    class Meta:
        table_name = table_name("enrollments")
        region = setting("AWS_REGION")

    course_id = TypedKey("payments", UUID, hash_key=True, attr_name="course_id")
    student_id = UUIDAttribute(range_key=True)
    vouchers = JSONAttribute(default=dict)
    version = VersionAttribute()
