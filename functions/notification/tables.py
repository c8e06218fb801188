"""The tables that notification owns."""

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from lms.due import DueIndex
from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class InboxIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Sparse: what a person's list shows, one row for each message."""

    class Meta:
        index_name = "inbox"
        projection = AllProjection()

    inbox = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class UnreadIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what a person has not read, to be counted; small, so that one call counts thousands."""

    class Meta:
        index_name = "unread"
        projection = KeysOnlyProjection()

    unread = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class FailuresIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what reached nobody, of all people, by year and time."""

    class Meta:
        index_name = "failures"
        projection = IncludeProjection(
            ["recipient_id", "type", "channel", "status", "reason", "log", "created_at", "updated_at"]
        )

    failed_year = NumberAttribute(hash_key=True)
    failed_at = UTCDateTimeAttribute(range_key=True)


class DeliveriesIndex(GlobalSecondaryIndex["Notification"]):  # type: ignore[no-untyped-call]  # as above
    """All that a person got, by each channel."""

    class Meta:
        index_name = "deliveries"
        projection = IncludeProjection(["type", "channel", "status", "reason", "log", "updated_at"])

    recipient_id = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class Notification(Table):
    """A message to one person by one channel, and what became of it.

    In the person's list (`inbox`) its texts are made of `about`, its facts but for secrets, and `link` is the page that
    it leads to; `unread` is there until they have read it. `destination`, `name`, `time_zone`, `language` and `facts`
    are there only while it is pending, or failed and may be tried again. `log` has its tries. It is due (`due_index`)
    when the quiet hours end, or when somebody has it tried again.
    """

    class Meta:
        table_name = table_name("notifications")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    recipient_id = UUIDAttribute()
    inbox = UUIDAttribute(null=True)
    unread = UUIDAttribute(null=True)
    link = UnicodeAttribute(null=True)
    about = JSONAttribute(null=True)
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    destination = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    tries = NumberAttribute(default=0)
    log = JSONAttribute(null=True)
    leased_until = UTCDateTimeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    failed_year = NumberAttribute(null=True)
    failed_at = UTCDateTimeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    read_at = UTCDateTimeAttribute(null=True)
    request_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    version = VersionAttribute()
    inbox_index = InboxIndex()
    unread_index = UnreadIndex()
    failures_index = FailuresIndex()
    deliveries_index = DeliveriesIndex()
    due_index = DueIndex["Notification"]()


class RoleIndex(GlobalSecondaryIndex["Contact"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: the people of a role, but for those who were erased."""

    class Meta:
        index_name = "role"
        projection = KeysOnlyProjection()

    role = UnicodeAttribute(hash_key=True)
    user_id = UUIDAttribute(range_key=True)


class Contact(Table):
    """Where a person is reached, and their role, as auth published it.

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
    role = UnicodeAttribute(null=True)
    person_version = NumberAttribute(null=True)
    access_version = NumberAttribute(null=True)
    role_index = RoleIndex()


class StoredPreferences(Table):
    """What a person wants to hear of (`rules.preferences`); without zone or language, the institute's count."""

    class Meta:
        table_name = table_name("contacts")
        region = setting("AWS_REGION")

    user = TypedKey("preferences", hash_key=True, attr_name="user_id")
    channels = JSONAttribute()
    quiet_from = UnicodeAttribute(null=True)
    quiet_until = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()


class ReadMark(Table):
    """Until when a person has read everything."""

    class Meta:
        table_name = table_name("contacts")
        region = setting("AWS_REGION")

    user = TypedKey("read", hash_key=True, attr_name="user_id")
    read_until = UTCDateTimeAttribute()


class BroadcastRecipientIndex(GlobalSecondaryIndex["Broadcast"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what is for one person alone."""

    class Meta:
        index_name = "recipient"
        projection = KeysOnlyProjection()

    recipient = UUIDAttribute(hash_key=True)


class BroadcastSenderIndex(GlobalSecondaryIndex["Broadcast"]):  # type: ignore[no-untyped-call]  # as above
    """Sparse: what a person wrote."""

    class Meta:
        index_name = "sender"
        projection = IncludeProjection(["kind", "course_id", "facts", "channels", "send_at", "sent_at", "people"])

    sender = UUIDAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class Broadcast(Table):
    """A message to the students of a course, to an `audience` or to `recipients`, at its time.

    `recipient` is the only one.

    With `subject`, it goes out only while the subject is in `subject_state`: what would remind people of an exam that
    was moved, or of a fee that is paid, stays unsent. A digest has no `facts` before it goes out. It is due
    (`due_index`) until the fan-out has it.

    One with a `sender` was written by a person: it stays in their list, to `people` of them, after it was `sent_at`, or
    until it is `taken_back`, of which a tombstone is left, so that its event plans it no second time.
    """

    class Meta:
        table_name = table_name("broadcasts")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    kind = UnicodeAttribute()
    audience = UnicodeAttribute(null=True)
    course_id = UUIDAttribute(null=True)
    recipients = JSONAttribute(null=True)
    recipient = UUIDAttribute(null=True)
    facts = JSONAttribute(null=True)
    channels = JSONAttribute()
    subject = UnicodeAttribute(null=True)
    subject_state = UnicodeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = UTCDateTimeAttribute()
    request_id = UnicodeAttribute()
    expires_at = TTLAttribute()
    sender = UUIDAttribute(null=True)
    people = NumberAttribute(null=True)
    send_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute(null=True)
    sent_at = UTCDateTimeAttribute(null=True)
    taken_back = BooleanAttribute(null=True)
    due_index = DueIndex["Broadcast"]()
    recipient_index = BroadcastRecipientIndex()
    sender_index = BroadcastSenderIndex()


class Subject(Table):
    """What broadcasts are about (`exam#...`, `voucher#...`, `result#...`), as of the newest version published of it."""

    class Meta:
        table_name = table_name("broadcasts")
        region = setting("AWS_REGION")

    key = TypedKey("subject", hash_key=True, attr_name="id")
    source_version = NumberAttribute()
    state = UnicodeAttribute()
    facts = JSONAttribute()


class Digest(Table):
    """New material of a course since its class last heard of any: how many lessons, and the first titles.

    `seen` are the versions of the outline that are counted already. It goes out as `broadcast_id` at
    `due_at`; None while there is nothing new.
    """

    class Meta:
        table_name = table_name("broadcasts")
        region = setting("AWS_REGION")

    course = TypedKey("digest", hash_key=True, attr_name="id")
    seen = JSONAttribute()
    lessons = NumberAttribute(default=0)
    titles = JSONAttribute()
    broadcast_id = UUIDAttribute(null=True)
    due_at = UTCDateTimeAttribute(null=True)
    last_sent_at = UTCDateTimeAttribute(null=True)
    version = VersionAttribute()
