"""The rules of messages: which event makes which message, how long it counts, when to try again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from lms.events import (
    Event,
    MobileChange,
    UserCodeRequested,
    UserPasswordResetRequested,
    UserProfileUpdated,
    UserRegistered,
)

Channel = Literal["in_app", "email", "sms"]
AccountKind = Literal[
    "welcome",
    "invitation",
    "password_reset",
    "verification",
    "email_changed",
    "mobile_number_set",
    "mobile_number_confirmed",
    "mobile_number_dropped",
    "password_changed",
    "password_reset_by_sms",
    "account_disabled",
]
NoticeKind = Literal[
    "enrolled",
    "assigned",
    "new_material",
    "exam_scheduled",
    "exam_moved",
    "exam_cancelled",
    "exam_reminder",
    "result_released",
    "voucher_issued",
    "payment_due_soon",
    "payment_overdue",
    "payment_confirmed",
    "announcement",
    "course_update",
    "exam",
    "deadline",
]
Kind = AccountKind | NoticeKind
Status = Literal["pending", "sent", "failed", "suppressed"]

# After that, a mail about it would puzzle more than it tells.
_NEWS_FOR = timedelta(hours=24)
KEPT = timedelta(days=365)
# Longer than the function may run: who holds a message past it is dead.
LEASE = timedelta(seconds=90)
# Four tries within the fifteen minutes that a code lives, past the five that greylisting asks for; the last for what a
# channel took none of for an afternoon.
_PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(hours=4))
TRIES = len(_PAUSES) + 1

_MESSAGES_ID = UUID("5f0a1c37-52b0-4c8e-8a3e-0d6f4b6f2f57")


@dataclass(frozen=True)
class Message:
    """A message to one person by one channel.

    `text` is what the person's list shows, if `listed`. `facts` (personal) and `secrets` (encrypted, see
    `lms.event_secrets`) are what the letter is made of; they are forgotten once it is out. `not_before`: quiet hours.
    """

    id: UUID
    recipient_id: UUID
    kind: Kind
    channel: Channel
    text: str
    destination: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    valid_until: datetime | None = None
    not_before: datetime | None = None
    listed: bool = True


def is_news(emitted_at: datetime, now: datetime, *, republished: bool) -> bool:
    """Whether people are to hear of a fact; one that is no news counts for what is still to come alone."""
    return not republished and now - emitted_at <= _NEWS_FOR


def notice_id(origin: str) -> UUID:
    """The identity of a notice, the same however often its origin is told."""
    return uuid5(_MESSAGES_ID, origin)


def message_id(event: Event, recipient_id: UUID, channel: Channel) -> UUID:
    """The same for every telling of a fact, also for one that is told again under a new event id (`republish`)."""
    return uuid5(_MESSAGES_ID, f"{origin(event)} {recipient_id} {channel}")


def origin(event: Event) -> str:
    """What names a fact, and is the same when it is told again."""
    return f"{event.type} {event.subject} {event.version}"


def message_id_of(notice: UUID, recipient_id: UUID, channel: Channel) -> UUID:
    """As `message_id`, of a notice to many."""
    return uuid5(_MESSAGES_ID, f"{notice} {recipient_id} {channel}")


def on_registration(event: UserRegistered) -> Message:
    """A welcome; for somebody whom an administrator registered, the link to set a password with.

    The address is not confirmed: it may be that of a stranger, who gets no text of whoever registered it.
    """
    invited = event.invitation is not None
    return Message(
        id=message_id(event, event.user_id, "email"),
        recipient_id=event.user_id,
        kind="invitation" if invited else "welcome",
        channel="email",
        destination=event.person.email,
        text="You are invited; a link to set your password is in your mail." if invited else "Your account is ready.",
        facts={"roll_no": event.roll_no} if event.roll_no else {},
        secrets={"link_token": event.invitation} if event.invitation else {},
        valid_until=event.invitation_expires_at,
    )


def on_code(event: UserCodeRequested) -> Message:
    """The code to reset a password or to confirm an address, where it was asked to go."""
    resets = isinstance(event, UserPasswordResetRequested)
    return Message(
        id=message_id(event, event.user_id, event.channel),
        recipient_id=event.user_id,
        kind="password_reset" if resets else "verification",
        channel=event.channel,
        destination=event.destination,
        text="A code to reset your password was sent." if resets else "A code to confirm your contact was sent.",
        facts={"reset_id": str(event.reset_id)},
        secrets={"code": event.code, **({"link_token": event.link_token} if event.link_token else {})},
        valid_until=event.expires_at,
    )


_MOBILE_KINDS: dict[MobileChange, AccountKind] = {
    "set": "mobile_number_set",
    "confirmed": "mobile_number_confirmed",
    "dropped": "mobile_number_dropped",
}
_SECURITY_TEXTS: dict[AccountKind, str] = {
    "email_changed": "Your e-mail address was changed.",
    "mobile_number_set": "A mobile number was set in your account.",
    "mobile_number_confirmed": "The mobile number of your account was confirmed.",
    "mobile_number_dropped": "The mobile number was removed from your account.",
    "password_changed": "Your password was changed.",
    "password_reset_by_sms": "Your password was reset by a code in an SMS.",
    "account_disabled": "Your account was disabled.",
}


def on_profile_update(event: UserProfileUpdated) -> list[Message]:
    """Tells the owner when the e-mail address or the mobile number changed: at the address from before the change.

    The owner is addressed by name only where the address was confirmed.
    """
    kinds: list[AccountKind] = []
    if event.previous_email is not None:
        kinds.append("email_changed")
    if event.mobile_change is not None:
        kinds.append(_MOBILE_KINDS[event.mobile_change])
    confirmed = event.email_verified if event.previous_email is None else event.previous_email_verified
    name = event.person.name if confirmed else ""
    return [
        on_account_change(event, event.user_id, kind, name, event.previous_email or event.person.email)
        for kind in kinds
    ]


def on_account_change(event: Event, user_id: UUID, kind: AccountKind, name: str, email: str) -> Message:
    """Tells the owner of an account what changed in it, whoever changed it. Without a `name` they are not addressed."""
    return Message(
        id=message_id_of(notice_id(f"{origin(event)} {kind}"), user_id, "email"),
        recipient_id=user_id,
        kind=kind,
        channel="email",
        destination=email,
        text=_SECURITY_TEXTS[kind],
        facts={"name": name} if name else {},
    )


def pause_after(tries: int) -> timedelta:
    """How long a message rests after its n-th try failed."""
    return _PAUSES[tries - 1]


def is_too_late(valid_until: datetime | None, now: datetime) -> bool:
    """Whether what a message holds no longer counts."""
    return valid_until is not None and valid_until <= now
