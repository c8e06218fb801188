"""The tables that payment owns."""

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class StatusIndex(GlobalSecondaryIndex["Voucher"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Vouchers by status, in the order in which they are due."""

    class Meta:
        index_name = "status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    due_order = UnicodeAttribute(range_key=True)


class DueIndex(GlobalSecondaryIndex["Voucher"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: only what is unpaid and may become overdue is in it."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_date = UnicodeAttribute(range_key=True)


class Voucher(Table):
    """What a student has to pay for a course. `fee` is exact, as text with two places.

    `status` becomes overdue by the schedule, a little late: ask `rules.status`. `course_title` is for when the course
    is gone. `notices` are payments told of that did not pay it, the newest 20. `told_version` is the one that an event
    told last. `unpaid_key` leads to the `UnpaidVoucher` while there is one.
    """

    class Meta:
        table_name = table_name("vouchers")
        region = setting("AWS_REGION")

    student_id = UUIDAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)
    voucher_no = UnicodeAttribute()
    course_id = UUIDAttribute()
    course_title = UnicodeAttribute()
    quarter = UnicodeAttribute()
    fee = UnicodeAttribute()
    currency = UnicodeAttribute()
    due_date = UnicodeAttribute()
    due_order = UnicodeAttribute()
    due_shard = NumberAttribute(null=True)
    status = UnicodeAttribute()
    paid_at = UTCDateTimeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    notices = JSONAttribute(default=list)
    unpaid_key = UnicodeAttribute(null=True)
    told_version = NumberAttribute(default=1)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    status_index = StatusIndex()
    due_index = DueIndex()


class VoucherNumber(Table):
    """Points from a number, which may exist once, to its voucher."""

    class Meta:
        table_name = table_name("voucher_numbers")
        region = setting("AWS_REGION")

    voucher_no = UnicodeAttribute(hash_key=True)
    student_id = UUIDAttribute()
    voucher_id = UUIDAttribute()


class UnpaidVoucher(Table):
    """Holds the place of a student's one unpaid voucher for a course and quarter; it goes when that is paid."""

    class Meta:
        table_name = table_name("unpaid_vouchers")
        region = setting("AWS_REGION")

    key = UnicodeAttribute(hash_key=True)
    voucher_id = UUIDAttribute()


class PaymentNotice(Table):
    """A payment that the provider told of: each `event_id` counts once, for ever. `fault`: why it paid nothing."""

    class Meta:
        table_name = table_name("payment_notices")
        region = setting("AWS_REGION")

    event_id = UnicodeAttribute(hash_key=True)
    voucher_no = UnicodeAttribute()
    amount = UnicodeAttribute()
    currency = UnicodeAttribute()
    fault = UnicodeAttribute(null=True)
    received_at = UTCDateTimeAttribute()
