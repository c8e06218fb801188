"""The tables that auth owns. A table holds several kinds of rows, told apart by their key (`TypedKey`)."""

from uuid import UUID

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class DirectoryIndex(GlobalSecondaryIndex["User"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Users by role and status, in the order of their registration; what a list shows, no hashes."""

    class Meta:
        index_name = "directory"
        projection = IncludeProjection(
            ["username", "email", "role", "status", "roll_no", "created_at", "updated_at", "version"]
        )

    directory = UnicodeAttribute(hash_key=True)
    id = UUIDAttribute(range_key=True)


class User(Table):
    """An account. An erased one stays as a tombstone without personal data.

    `mobile_may_reset`: the mobile number was confirmed while the address was, so codes for a new password go to it.
    `old_issuer` is a credential of a key that was replaced; tokens may name it until `old_issuer_until`.
    """

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    username = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    email_verified = BooleanAttribute(default=False)
    mobile_verified = BooleanAttribute(default=False)
    mobile_may_reset = BooleanAttribute(default=False)
    password = UnicodeAttribute(null=True)
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    directory = UnicodeAttribute()
    roll_no = UnicodeAttribute(null=True)
    consumer_id = UnicodeAttribute(null=True)
    issuer = UnicodeAttribute(null=True)
    kid = UnicodeAttribute(null=True)
    old_issuer = UnicodeAttribute(null=True)
    old_issuer_until = UTCDateTimeAttribute(null=True)
    epoch = NumberAttribute(default=0)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()
    directory_index = DirectoryIndex()


class Profile(Table):
    """What a person says about themselves; its `version` is the user's."""

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    user_id = TypedKey("profile", hash_key=True, attr_name="id")
    name = UnicodeAttribute()
    mobile_number = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    additional_details = JSONAttribute(default=dict)


class SearchIndex(GlobalSecondaryIndex["SearchWord"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """Words by their first letter, in the order of the alphabet."""

    class Meta:
        index_name = "search"
        projection = KeysOnlyProjection()

    initial = UnicodeAttribute(hash_key=True)
    word = UnicodeAttribute(range_key=True)


class SearchWord(Table):
    """A word that a user is found by: `<user id>#<word>`. It is written and deleted with what it comes from."""

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    key = TypedKey("word", hash_key=True, attr_name="id")
    initial = UnicodeAttribute()
    word = UnicodeAttribute()
    search_index = SearchIndex()

    @property
    def user_id(self) -> UUID:
        return UUID(self.key.partition("#")[0])


class RequestedCourses(Table):
    """The courses that imports asked for, for a user: each is asked for once, and again after it was refused.

    DynamoDB keeps no empty set: without courses there is no `course_ids`.
    """

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    user_id = TypedKey("requested_courses", UUID, hash_key=True, attr_name="id")
    course_ids = UnicodeSetAttribute(null=True)


class ReservedName(Table):
    """A name that only one user may have: `login#` for usernames and roll numbers, which share one space because
    people sign in with either; `email#`; `mobile#` for confirmed numbers; and `first-admin`."""

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    name = TypedKey("name", hash_key=True, attr_name="id")
    user_id = UUIDAttribute()


class AdminClaim(Table):
    """An administrator whose access another one, `admin_id`, is ending until a time (`service.administrators`)."""

    class Meta:
        table_name = table_name("users")
        region = setting("AWS_REGION")

    user_id = TypedKey("claim", hash_key=True, attr_name="id")
    admin_id = UUIDAttribute()
    until = UTCDateTimeAttribute()


class UserSessionsIndex(GlobalSecondaryIndex["Session"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """A user's sessions in the order in which they began; what their list shows, no hashes."""

    class Meta:
        index_name = "by_user"
        projection = IncludeProjection(["epoch", "rotated_at", "valid_until", "client", "address"])

    user_id = UUIDAttribute(hash_key=True)
    ends_at = UTCDateTimeAttribute(range_key=True)


class Session(Table):
    """A family of refresh tokens: one sign-in on one device, which `client` and `address` describe.

    `in_cookie`: a browser keeps its token in a cookie. `replaced`: the present token took the place of one whose answer
    had been lost.
    """

    class Meta:
        table_name = table_name("sessions")
        region = setting("AWS_REGION")

    family = UnicodeAttribute(hash_key=True)
    user_id = UUIDAttribute()
    epoch = NumberAttribute()
    current_hash = UnicodeAttribute()
    previous_hash = UnicodeAttribute(null=True)
    successor_salt = UnicodeAttribute(null=True)
    client = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    in_cookie = BooleanAttribute(default=False)
    replaced = BooleanAttribute(default=False)
    rotated_at = UTCDateTimeAttribute()
    ends_at = UTCDateTimeAttribute()
    valid_until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    by_user = UserSessionsIndex()


class Code(Table):
    """A code or link that was sent, as hashes. When nobody was found to send it to, `user_id` is no user's."""

    class Meta:
        table_name = table_name("codes")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    purpose = UnicodeAttribute()
    user_id = UUIDAttribute()
    destination_hash = UnicodeAttribute(null=True)
    code_hash = UnicodeAttribute(null=True)
    link_hash = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    valid_until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()


class SentCodeEntry(MapAttribute[str, object]):
    id = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute()


class CodeBudget(Table):
    """The codes sent in the last day: `<purpose>#<user>` those of one purpose, with how many wrong ones the user
    entered today; `account#<channel>#<user>` all to a user, `destination#<hash>` all to an address or number.

    `sent` changes only while it is what was read. The count goes on meanwhile: nobody writes the whole item.
    """

    class Meta:
        table_name = table_name("codes")
        region = setting("AWS_REGION")

    owner = TypedKey("budget", hash_key=True, attr_name="id")
    sent = ListAttribute(of=SentCodeEntry, null=True)
    wrong_day = UnicodeAttribute(null=True)
    wrong_count = NumberAttribute(default=0)
    expires_at = TTLAttribute()


class Throttle(Table):
    """Failed sign-ins: of an account from one address, with until when that address counts as the account's own
    because somebody signed in from it, and of an account in one minute and one hour. Changes of an account's contact in
    one day."""

    class Meta:
        table_name = table_name("codes")
        region = setting("AWS_REGION")

    key = TypedKey("throttle", hash_key=True, attr_name="id")
    failures = NumberAttribute(default=0)
    blocked_until = UTCDateTimeAttribute(null=True)
    valid_until = UTCDateTimeAttribute(null=True)
    known_until = UTCDateTimeAttribute(null=True)
    expires_at = TTLAttribute()
