"""The tables that notification owns."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from lms.dynamo import Table, UUIDAttribute, VersionAttribute, table_name
from lms.settings import setting

DUE_SHARDS = 10


class InboxIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: the messages that a person's list shows, one for each thing told."""

    class Meta:
        index_name = "inbox"
        projection = AllProjection()

    inbox = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class DeliveriesIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # as above
    """All messages to a person, by each channel."""

    class Meta:
        index_name = "deliveries"
        projection = IncludeProjection(["type", "channel", "status", "reason", "log", "updated_at"])

    recipient_id = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class MessageDueIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: the messages that wait for the end of quiet hours."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


class Notification(Table):
    """A message to one person by one channel, and what became of it.

    `destination`, `facts` and `secrets` are there only while it is pending. `log` has its tries.
    """

    class Meta:
        table_name = table_name("notifications")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    recipient_id = UUIDAttribute()
    inbox = UUIDAttribute(null=True)
    message = UnicodeAttribute()
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    destination = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    secrets = JSONAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    tries = NumberAttribute(default=0)
    log = JSONAttribute(null=True)
    leased_until = UTCDateTimeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    read_at = UTCDateTimeAttribute(null=True)
    request_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    version = VersionAttribute()
    inbox_index = InboxIndex()
    deliveries_index = DeliveriesIndex()
    due_index = MessageDueIndex()


class Contact(Table):
    """Where a person is reached, as auth told.

    `person_version` guards what is known of the person, `access_version` whether they may sign in; of somebody who was
    erased the versions alone are left.
    """

    class Meta:
        table_name = table_name("contacts")
        region = setting("AWS_REGION")

    user_id = UUIDAttribute(hash_key=True)
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    email_verified = BooleanAttribute(null=True)
    mobile_number = UnicodeAttribute(null=True)
    disabled = BooleanAttribute(null=True)
    person_version = NumberAttribute(null=True)
    access_version = NumberAttribute(null=True)


class Preference(Table):
    """What a person wishes to hear (`rules.wishes`)."""

    class Meta:
        table_name = table_name("preferences")
        region = setting("AWS_REGION")

    user_id = UUIDAttribute(hash_key=True)
    channels = JSONAttribute()
    quiet_from = UnicodeAttribute(null=True)
    quiet_until = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(default="UTC")
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class Inbox(Table):
    """Until when a person has read everything."""

    class Meta:
        table_name = table_name("inboxes")
        region = setting("AWS_REGION")

    user_id = UUIDAttribute(hash_key=True)
    read_until = UTCDateTimeAttribute()


class BroadcastDueIndex(GlobalSecondaryIndex["Broadcast"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what is still to be handed to the fan-out."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


class BroadcastRecipientIndex(GlobalSecondaryIndex["Broadcast"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what is for one person alone."""

    class Meta:
        index_name = "recipient"
        projection = KeysOnlyProjection()

    recipient = UUIDAttribute(hash_key=True)


class Broadcast(Table):
    """A notice to the students of a course, or to `recipients`, at its time; `recipient` is the only one.

    With `occasion`, it is told only while the occasion is in `occasion_state`: reminders of what was moved, cancelled
    or paid fall silent.
    """

    class Meta:
        table_name = table_name("broadcasts")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    kind = UnicodeAttribute()
    course_id = UUIDAttribute(null=True)
    recipients = JSONAttribute(null=True)
    recipient = UUIDAttribute(null=True)
    facts = JSONAttribute()
    channels = JSONAttribute()
    occasion = UnicodeAttribute(null=True)
    occasion_state = UnicodeAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute()
    request_id = UnicodeAttribute()
    expires_at = TTLAttribute()
    due_index = BroadcastDueIndex()
    recipient_index = BroadcastRecipientIndex()


class Occasion(Table):
    """What notices are about (`exam#id`, `voucher#number`, `result#...`), as of the newest version told of it."""

    class Meta:
        table_name = table_name("occasions")
        region = setting("AWS_REGION")

    key = UnicodeAttribute(hash_key=True)
    told_version = NumberAttribute()
    state = UnicodeAttribute()
    facts = JSONAttribute()


class DigestDueIndex(GlobalSecondaryIndex["Digest"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: the courses with material that nobody was told of."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = UTCDateTimeAttribute(range_key=True)


class Digest(Table):
    """New material of a course since its class was last told: how many lessons, and the first titles.

    `seen` are the versions that are counted already.
    """

    class Meta:
        table_name = table_name("digests")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True)
    seen = JSONAttribute()
    lessons = NumberAttribute(default=0)
    titles = JSONAttribute()
    last_told_at = UTCDateTimeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    version = VersionAttribute()
    due_index = DigestDueIndex()
