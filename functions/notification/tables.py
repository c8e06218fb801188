"""The table that notification owns."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute

from lms.dynamo import Table, UUIDAttribute, VersionAttribute, table_name
from lms.settings import setting


class Notification(Table):
    """A message to one person by one channel, and what became of it.

    `destination`, `facts` and `secrets` are there only while it is pending.
    """

    class Meta:
        table_name = table_name("notifications")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    recipient_id = UUIDAttribute()
    message = UnicodeAttribute()
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    channel = UnicodeAttribute()
    destination = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    secrets = JSONAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    tries = NumberAttribute(default=0)
    leased_until = UTCDateTimeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    version = VersionAttribute()
