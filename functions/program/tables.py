"""The tables that program owns."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class CatalogueIndex(GlobalSecondaryIndex["Program"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Programs by state (`listed`, `deleted`), in the order of their creation."""

    class Meta:
        index_name = "catalogue"
        projection = AllProjection()

    catalogue = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Program(Table):
    """A program. A deleted one stays as a tombstone, so that its end can be told again."""

    class Meta:
        table_name = table_name("programs")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    title = UnicodeAttribute()
    description = UnicodeAttribute()
    catalogue = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    catalogue_index = CatalogueIndex()


class ProgramTitle(Table):
    """Holds a program's title (casefolded), which may exist once."""

    class Meta:
        table_name = table_name("program_titles")
        region = setting("AWS_REGION")

    title = UnicodeAttribute(hash_key=True)
    program_id = UUIDAttribute()


class Shelf(Table):
    """How many courses a program has; it exists as long as the program."""

    class Meta:
        table_name = table_name("shelves")
        region = setting("AWS_REGION")

    program_id = UUIDAttribute(hash_key=True)
    courses = NumberAttribute()


class ShelfIndex(GlobalSecondaryIndex["Course"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The courses of a program, in the order of their creation; deleted ones on a shelf of their own."""

    class Meta:
        index_name = "shelf"
        projection = AllProjection()

    shelf = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class Course(Table):
    """A course. A deleted one stays as a tombstone, so that its end can be told again.

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
    currency = UnicodeAttribute(default="PKR")
    shelf = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    shelf_index = ShelfIndex()


class Seats(Table):
    """What an enrolment in a course depends on; it exists as long as the course.

    `terms` is the version of the course that set everything but `taken`.
    """

    class Meta:
        table_name = table_name("seats")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    taken = NumberAttribute()
    capacity = NumberAttribute(null=True)
    open = BooleanAttribute()
    requires_payment = BooleanAttribute()
    fee = UnicodeAttribute(null=True)
    currency = UnicodeAttribute(default="PKR")
    terms = NumberAttribute()


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


class SoonestIndex(GlobalSecondaryIndex["ExamDate"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The exams of a course that are to be sat, soonest first."""

    class Meta:
        index_name = "soonest"
        projection = AllProjection()

    schedule = UUIDAttribute(hash_key=True)
    exam_date = UTCDateTimeAttribute(range_key=True)


class ExamDate(Table):
    """A published exam, as exam told of it. `schedule` is its course; a cancelled exam keeps its version alone."""

    class Meta:
        table_name = table_name("exam_dates")
        region = setting("AWS_REGION")

    exam_id = UUIDAttribute(hash_key=True)
    schedule = UUIDAttribute(null=True)
    title = UnicodeAttribute(null=True)
    exam_date = UTCDateTimeAttribute(null=True)
    closes_at = UTCDateTimeAttribute(null=True)
    duration = NumberAttribute(null=True)
    version = NumberAttribute()
    soonest_index = SoonestIndex()


class PaidCourse(Table):
    """What a student has paid for a course, as `payment.confirmed` says: `[amount, currency]` by number of voucher."""

    class Meta:
        table_name = table_name("paid_courses")
        region = setting("AWS_REGION")

    student_id = UUIDAttribute(hash_key=True)
    course_id = UUIDAttribute(range_key=True)
    vouchers = JSONAttribute(default=dict)
    version = VersionAttribute()
