"""The tables that institute owns."""

from uuid import UUID

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import DateAttribute, Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class Settings(Table):
    """What the institute set (`lms.institute.Institute`); the Roster has a copy."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    owner = TypedKey("institute", hash_key=True)
    item = TypedKey("settings", range_key=True)
    settings = JSONAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class Term(Table):
    """A term, from the first to the last day; the Roster has a copy."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    owner = TypedKey("terms", hash_key=True)
    id = TypedKey("term", UUID, range_key=True, attr_name="item")
    title = UnicodeAttribute()
    starts_on = DateAttribute()
    ends_on = DateAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class ReasonKey(Table):
    """Opens the reasons in the audit trail that are about a person; without `key` for one who was erased."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    person_id = TypedKey("person", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("reasons", range_key=True)
    key = BinaryAttribute(legacy_encoding=False, null=True)


class Calendar(Table):
    """A person's calendar: which secret address leads to it."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    person_id = TypedKey("person", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("calendar", range_key=True)
    token_hash = UnicodeAttribute()
    version = VersionAttribute()


class CalendarToken(Table):
    """Whose calendar a secret address shows; only a hash of the secret is kept."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    token_hash = TypedKey("calendar", hash_key=True, attr_name="owner")
    item = TypedKey("token", range_key=True)
    person_id = UUIDAttribute()


class PersonPreferences(Table):
    """The time zone and the language that a person chose, as of the `source_version` of their preferences."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    person_id = TypedKey("person", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("preferences", range_key=True)
    time_zone = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    source_version = NumberAttribute()


class DueVoucher(Table):
    """What a student is to pay until when, as of the voucher's `source_version`; `closed`: it is paid or cancelled."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    student_id = TypedKey("person", UUID, hash_key=True, attr_name="owner")
    voucher_no = TypedKey("voucher", range_key=True, attr_name="item")
    course_id = UUIDAttribute()
    quarter = UnicodeAttribute()
    fee = UnicodeAttribute()
    currency = UnicodeAttribute()
    due_date = DateAttribute()
    closed = BooleanAttribute()
    changed_at = UTCDateTimeAttribute()
    source_version = NumberAttribute()


class Export(Table):
    """An export of everything about a person, and which services have added their part."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    person_id = TypedKey("person", UUID, hash_key=True, attr_name="owner")
    id = TypedKey("export", UUID, range_key=True, attr_name="item")
    services = JSONAttribute(default=list)
    requested_at = UTCDateTimeAttribute()
    valid_until = UTCDateTimeAttribute()
    completed_at = UTCDateTimeAttribute(null=True)
    expires_at = TTLAttribute()
    version = VersionAttribute()


class CourseExams(Table):
    """The published exams of a course by id (`rules.KnownExam`); of a cancelled one its version alone."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    course_id = TypedKey("course", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("exams", range_key=True)
    exams = JSONAttribute()
    version = VersionAttribute()


class DayCount(Table):
    """How often something happened on a day, as the institute's zone has days."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    day = TypedKey("day", hash_key=True, attr_name="owner")
    fact = TypedKey("count", range_key=True, attr_name="item")
    number = NumberAttribute()
    expires_at = TTLAttribute()


class CountedEvent(Table):
    """An event that is counted, so that a repeated one is not."""

    class Meta:
        table_name = table_name("institute")
        region = setting("AWS_REGION")

    day = TypedKey("day", hash_key=True, attr_name="owner")
    event_id = TypedKey("event", UUID, range_key=True, attr_name="item")
    expires_at = TTLAttribute()


class YearIndex(GlobalSecondaryIndex["AuditEntry"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The whole trail, by year and time."""

    class Meta:
        index_name = "year"
        projection = AllProjection()

    year = NumberAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class SubjectIndex(GlobalSecondaryIndex["AuditEntry"]):  # type: ignore[no-untyped-call]  # as above
    """What was done to something or somebody, by time."""

    class Meta:
        index_name = "subject"
        projection = AllProjection()

    subject = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class ActorIndex(GlobalSecondaryIndex["AuditEntry"]):  # type: ignore[no-untyped-call]  # as above
    """What somebody did, by time."""

    class Meta:
        index_name = "actor"
        projection = AllProjection()

    by_actor = UUIDAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class ActionIndex(GlobalSecondaryIndex["AuditEntry"]):  # type: ignore[no-untyped-call]  # as above
    """Where a thing was done, by time."""

    class Meta:
        index_name = "action"
        projection = AllProjection()

    by_action = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class AuditEntry(Table):
    """An entry of the audit trail, once for each `subject` that it is about; no function may change or delete one.

    `id` is the entry's, with the place of a further subject behind it. The first one alone has `year`, `by_actor` and
    `by_action`, so that those indexes have each entry once. `reason` is encrypted by the `ReasonKey` of `reason_of`.
    """

    class Meta:
        table_name = table_name("audit")
        region = setting("AWS_REGION")

    id = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute()
    subject = UnicodeAttribute()
    actor_id = UUIDAttribute(null=True)
    action = UnicodeAttribute()
    year = NumberAttribute(null=True)
    by_actor = UUIDAttribute(null=True)
    by_action = UnicodeAttribute(null=True)
    service = UnicodeAttribute()
    request_id = UnicodeAttribute()
    about = JSONAttribute()
    before = JSONAttribute()
    after = JSONAttribute()
    reason = BinaryAttribute(legacy_encoding=False, null=True)
    reason_of = UUIDAttribute(null=True)
    year_index = YearIndex()
    subject_index = SubjectIndex()
    actor_index = ActorIndex()
    action_index = ActionIndex()
