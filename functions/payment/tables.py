"""The table that payment owns."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute, VersionAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.due import DueIndex
from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting

SINGLE = "single"
"""The range key of rows that are alone under their hash key."""


class StatusIndex(GlobalSecondaryIndex["Voucher"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Vouchers by status, in the order in which they are due."""

    class Meta:
        index_name = "status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class CourseIndex(GlobalSecondaryIndex["Voucher"]):  # type: ignore[no-untyped-call]  # as above
    """The vouchers of a course, by time."""

    class Meta:
        index_name = "course"
        projection = AllProjection()

    course_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True, attr_name="item")


class Voucher(Table):
    """What a student has to pay for a course. `fee` is exact, as text with two places.

    `status` becomes overdue by the schedule, a little late: ask `rules.status`. `course_title` is for when the course
    is gone. `notices` are payments that did not pay it, the newest 20. `event_version` is the version of its latest
    event. `unpaid_key` leads to the `UnpaidVoucher` while there is one.
    """

    class Meta:
        table_name = table_name("vouchers")
        region = setting("AWS_REGION")

    student_id = UUIDAttribute(hash_key=True, attr_name="owner")
    id = UUIDAttribute(range_key=True, attr_name="item")
    voucher_no = UnicodeAttribute()
    course_id = UUIDAttribute()
    course_title = UnicodeAttribute()
    quarter = UnicodeAttribute()
    fee = UnicodeAttribute()
    currency = UnicodeAttribute()
    due_date = UnicodeAttribute()
    due_order = UnicodeAttribute()
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute()
    status = UnicodeAttribute()
    paid_at = UTCDateTimeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    notices = JSONAttribute(default=list)
    unpaid_key = UnicodeAttribute(null=True)
    event_version = NumberAttribute(default=1)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    status_index = StatusIndex()
    course_index = CourseIndex()
    due_index = DueIndex["Voucher"]()


class VoucherNumber(Table):
    """Points from a number, which may exist once, to its voucher."""

    class Meta:
        table_name = table_name("vouchers")
        region = setting("AWS_REGION")

    voucher_no = TypedKey("number", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=SINGLE)
    student_id = UUIDAttribute()
    voucher_id = UUIDAttribute()


class UnpaidVoucher(Table):
    """Keeps a student from having two unpaid vouchers for a course and quarter; goes when one is paid or cancelled."""

    class Meta:
        table_name = table_name("vouchers")
        region = setting("AWS_REGION")

    key = TypedKey("unpaid", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=SINGLE)
    voucher_id = UUIDAttribute()


class PaymentNotice(Table):
    """A notice of the payment provider: each `event_id` counts once, for ever. `mismatch`: why it paid nothing."""

    class Meta:
        table_name = table_name("vouchers")
        region = setting("AWS_REGION")

    event_id = TypedKey("notice", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=SINGLE)
    voucher_no = UnicodeAttribute()
    amount = UnicodeAttribute()
    currency = UnicodeAttribute()
    mismatch = UnicodeAttribute(null=True)
    received_at = UTCDateTimeAttribute()
