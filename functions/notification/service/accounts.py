"""Messages about accounts: they come whatever is switched off, and go where the event says."""

from datetime import datetime

from lms.events.users import (
    UserCodeRequested,
    UserDisabled,
    UserEvent,
    UserInvited,
    UserPasswordChanged,
    UserPasswordResetRequested,
    UserProfileUpdated,
    UserRegistered,
)
from notification.messages.accounts import (
    AccountDisabled,
    EmailChanged,
    Invitation,
    MobileNumberConfirmed,
    MobileNumberDropped,
    MobileNumberSet,
    PasswordChanged,
    PasswordReset,
    PasswordResetBySms,
    Verification,
    Welcome,
)
from notification.messages.message import Message
from notification.rules.identities import source_id, source_of
from notification.service import contacts
from notification.service.notifications import notify_owner

_MOBILE_CHANGES = {"set": MobileNumberSet, "confirmed": MobileNumberConfirmed, "dropped": MobileNumberDropped}


def registered(event: UserRegistered, now: datetime) -> None:
    """A welcome; for somebody whom an administrator registered, the link to choose a password with.

    The address is not confirmed: it may be that of a stranger, who gets no text of whoever registered it.
    """
    message: Message = Welcome(roll_no=event.roll_no)
    if event.invitation is not None:
        message = Invitation(link_token=event.invitation, expires_at=event.invitation_expires_at)
    source = source_id(source_of(event))
    notify_owner(message, source, event.user_id, now, address=event.person.email, name="")


def code_requested(event: UserCodeRequested, now: datetime) -> None:
    """The code or link to set a password, or the code to confirm an address, where it was asked to go."""
    message: Message = Verification(code=event.code, expires_at=event.expires_at)
    if isinstance(event, UserPasswordResetRequested):
        message = PasswordReset(
            code=event.code, link_token=event.link_token, reset_id=event.reset_id, expires_at=event.expires_at
        )
    elif isinstance(event, UserInvited) and event.link_token is not None:
        message = Invitation(link_token=event.link_token, expires_at=event.expires_at)
    source = source_id(source_of(event))
    notify_owner(message, source, event.user_id, now, address=event.destination, channel=event.channel)


def profile_updated(event: UserProfileUpdated, now: datetime) -> None:
    """The owner hears that the e-mail address or the mobile number changed: at the address from before the change.

    They are addressed by name only where that address was confirmed.
    """
    messages: list[Message] = []
    if event.previous_email is not None:
        messages.append(EmailChanged())
    if event.mobile_change is not None:
        messages.append(_MOBILE_CHANGES[event.mobile_change]())
    confirmed = event.email_verified if event.previous_email is None else event.previous_email_verified
    for message in messages:
        _notify(message, event, event.previous_email or event.person.email, event.person.name if confirmed else "", now)


def password_changed(event: UserPasswordChanged, now: datetime) -> None:
    _notify_known(PasswordResetBySms() if event.reset_by == "sms" else PasswordChanged(), event, now)


def disabled(event: UserDisabled, now: datetime) -> None:
    _notify_known(AccountDisabled(), event, now)


def _notify_known(message: Message, event: UserEvent, now: datetime) -> None:
    for person in contacts.find([event.user_id]):
        _notify(message, event, person.email, person.name, now)


def _notify(message: Message, event: UserEvent, address: str, name: str, now: datetime) -> None:
    # One event may bring several messages.
    source = source_id(f"{source_of(event)} {message.kind}")
    notify_owner(message, source, event.user_id, now, address=address, name=name)
