"""What clients send and see."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from lms.fields import Body, Changes, View, WallClock, present
from lms.languages import Language
from lms.messages import Audience, Channel, MessageBody, MessageType
from lms.zones import TimeZone
from notification.rules.deliveries import Cause, Status, cause_of

NotificationType = Literal[
    "account_disabled",
    "announcement",
    "assigned",
    "attempt_reopened",
    "course_request_refused",
    "course_update",
    "deadline",
    "email_changed",
    "enrolled",
    "exam",
    "exam_cancelled",
    "exam_moved",
    "exam_reminder",
    "exam_scheduled",
    "invitation",
    "mobile_number_confirmed",
    "mobile_number_dropped",
    "mobile_number_set",
    "new_material",
    "password_changed",
    "password_reset",
    "password_reset_by_sms",
    "payment_confirmed",
    "payment_due_soon",
    "payment_overdue",
    "result_released",
    "verification",
    "voucher_cancelled",
    "voucher_issued",
    "welcome",
]


def _once_each(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    return tuple(dict.fromkeys(channels))


Channels = Annotated[tuple[Channel, ...], Field(max_length=3), AfterValidator(_once_each)]


class NewMessage(MessageBody):
    """To people, to the students of a course, all or some, or to an `audience` alone. `send_at`: not before."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": present("audience"),
            "then": {"not": {"anyOf": [present("course_id"), present("recipient_ids")]}},
            "else": {"anyOf": [present("course_id"), present("recipient_ids")]},
        }
    )

    audience: Audience | None = None
    course_id: UUID | None = None
    recipient_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _has_recipients(self) -> "NewMessage":
        if self.audience is not None and (self.course_id is not None or self.recipient_ids is not None):
            raise ValueError("An audience stands alone: leave out course_id and recipient_ids.")
        if self.audience is None and self.course_id is None and self.recipient_ids is None:
            raise ValueError("Choose a course (course_id), people (recipient_ids), both, or an audience.")
        return self


class Accepted(View):
    """How many people the message goes to."""

    accepted: int


class SentMessage(View):
    """A message that an instructor wrote. `recipients`: to how many people it goes, as of when it was written.

    It waits until `send_at`, and can be taken back until then.
    """

    id: UUID
    type: MessageType
    course_id: UUID | None
    course_title: str | None
    subject: str | None
    message: str
    channels: list[Channel]
    recipients: int | None
    status: Literal["waiting", "sent"]
    send_at: datetime | None
    sent_at: datetime | None
    created_at: datetime


class NotificationView(View):
    """A message in a person's list, and what it is about.

    `link` is the page that it leads to, below the system's address; null where only the mail may have it.
    """

    id: UUID
    recipient_id: UUID
    recipient_name: str | None
    subject: str | None
    message: str
    link: str | None
    course_id: UUID | None
    course_title: str | None
    exam_id: UUID | None
    exam_title: str | None
    voucher_no: str | None
    type: NotificationType
    status: Status
    version: int
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None


class Unread(View):
    """How many notifications a person has not read."""

    count: int


class AllRead(View):
    """Everything up to `read_until` counts as read."""

    read_until: datetime


class TryView(View):
    at: datetime
    outcome: str


class DeliveryView(View):
    """A message by one channel, and how each try ended; it names no address.

    `reason` is what the channel said last, and `cause` what that means.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    type: NotificationType
    channel: Channel
    status: Status
    reason: str | None
    cause: Annotated[
        Cause | None, Field(validation_alias="reason"), BeforeValidator(lambda said: said and cause_of(said))
    ]
    tries: Annotated[list[TryView], Field(validation_alias="log"), BeforeValidator(lambda log: log or [])]
    created_at: datetime
    updated_at: datetime


class FailureView(DeliveryView):
    """A delivery that failed, and whom it did not reach."""

    recipient_id: UUID
    recipient_name: str | None = None
    failed_at: datetime


class ChannelsBody(Body):
    """The channels of each group; an empty list switches it off. Groups left out stay."""

    course: Channels = ()
    exam: Channels = ()
    payment: Channels = ()
    announcement: Channels = ()


class QuietHoursBody(Body):
    """Times of the day in the zone of the preferences; `until` before `from` is the next morning."""

    model_config = ConfigDict(serialize_by_alias=True)

    begin: Annotated[WallClock, Field(alias="from")]
    until: WallClock


class PreferencesUpdate(Changes):
    """The fields to replace; null ends quiet hours, or has the institute's language count again.

    Messages about account and security always come.
    """

    nullable = frozenset({"quiet_hours", "language"})

    channels: ChannelsBody | None = None
    quiet_hours: QuietHoursBody | None = None
    time_zone: TimeZone | None = None
    language: Language | None = None


class ChannelsView(View):
    course: list[Channel]
    exam: list[Channel]
    payment: list[Channel]
    announcement: list[Channel]


class PreferencesView(View):
    """`language` is that of mails, SMS and the list of notifications; null: the institute's."""

    recipient_id: UUID
    recipient_name: str | None
    channels: ChannelsView
    quiet_hours: QuietHoursBody | None
    time_zone: str
    language: Language | None
    version: int
    updated_at: datetime | None
