"""The table that exchange owns.

| owner | item | what |
| --- | --- | --- |
| `import#<id>` | `import#` | `Import` |
| `report#<id>#<outcome>` | `line#<number>` | `ReportLine` |
| `course#<id>` | `reading#` | `RunningRead`: the one import of the course that is being read |
| `export#<id>` | `export#` | `CourseExport` |

All but the guard expire: imports with their reports after 30 days, exports after a day.
"""

from uuid import UUID

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class CourseIndex(GlobalSecondaryIndex["Import"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The imports of a course, by time."""

    class Meta:
        index_name = "course"
        projection = AllProjection()

    course_id = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class PersonIndex(GlobalSecondaryIndex["Import"]):  # type: ignore[no-untyped-call]  # as above
    """The imports that a person began, by time."""

    class Meta:
        index_name = "person"
        projection = AllProjection()

    created_by = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class Import(Table):
    """A file that is read, reported on, and applied to its course.

    `contents` counts what the file holds, `outcomes` the lines of its report, `parts` are the pieces in which it is
    applied (`[kind, number of items]`), `selected` the kinds that were asked for, `applied` what became of them
    (`{kind: {"added": ..., "leftOut": ...}}`). `part` is the one that is being applied; `tries` and `lease_until` are
    the reader's. `digest` is that of the file's bytes, by which `applied_before` was found: an import of the same file
    that is part of the course already.
    """

    class Meta:
        table_name = table_name("exchange")
        region = setting("AWS_REGION")

    id = TypedKey("import", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("import", range_key=True, default="")
    course_id = UUIDAttribute()
    created_by = UUIDAttribute()
    file_name = UnicodeAttribute()
    state = UnicodeAttribute()
    format = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    reasons: JSONAttribute = JSONAttribute(default=list)
    done = NumberAttribute(default=0)
    total = NumberAttribute(null=True)
    contents: JSONAttribute = JSONAttribute(default=dict)
    outcomes: JSONAttribute = JSONAttribute(default=dict)
    parts: JSONAttribute = JSONAttribute(default=list)
    selected: JSONAttribute = JSONAttribute(default=list)
    applied: JSONAttribute = JSONAttribute(default=dict)
    part = NumberAttribute(null=True)
    applied_by = UUIDAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    applied_before = UUIDAttribute(null=True)
    tries = NumberAttribute(default=0)
    lease_until = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    valid_until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    version = VersionAttribute()
    course_index = CourseIndex()
    person_index = PersonIndex()


class ReportLine(Table):
    """What became of one item of a file: `where` it stands, `what` it is, and why not all of it was taken.

    `target_id` is that of the lesson, question or exam that it becomes when the import is applied.
    `import_outcome` is `<import id>#<outcome>`.
    """

    class Meta:
        table_name = table_name("exchange")
        region = setting("AWS_REGION")

    import_outcome = TypedKey("report", hash_key=True, attr_name="owner")
    number = TypedKey("line", range_key=True, attr_name="item")
    where = UnicodeAttribute()
    what = UnicodeAttribute()
    reason = UnicodeAttribute()
    reasons: JSONAttribute = JSONAttribute(default=list)
    target_kind = UnicodeAttribute(null=True)
    target_id = UUIDAttribute(null=True)
    expires_at = TTLAttribute()


class CourseExport(Table):
    """A file of a course or its bank: `parts` are those that came, `size` is in bytes."""

    class Meta:
        table_name = table_name("exchange")
        region = setting("AWS_REGION")

    id = TypedKey("export", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("export", range_key=True, default="")
    of_course = UUIDAttribute()
    requested_by = UUIDAttribute()
    format = UnicodeAttribute()
    state = UnicodeAttribute()
    parts: JSONAttribute = JSONAttribute(default=list)
    reason = UnicodeAttribute(null=True)
    size = NumberAttribute(null=True)
    tries = NumberAttribute(default=0)
    created_at = UTCDateTimeAttribute()
    completed_at = UTCDateTimeAttribute(null=True)
    valid_until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    version = VersionAttribute()


class RunningRead(Table):
    """Which import of a course is being read; a second one has to wait until then, or until the time is over."""

    class Meta:
        table_name = table_name("exchange")
        region = setting("AWS_REGION")

    course_id = TypedKey("course", UUID, hash_key=True, attr_name="owner")
    item = TypedKey("reading", range_key=True, default="")
    import_id = UUIDAttribute()
    until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
