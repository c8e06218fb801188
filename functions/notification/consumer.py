"""Events to messages. Nothing is sent here: a slow mail server must not hold up a partition."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    UserCodeRequested,
    UserPasswordResetRequested,
    UserProfileUpdated,
    UserRegistered,
    UserVerificationRequested,
)
from notification import rules, service


def _registered(event: UserRegistered, _: Envelope) -> None:
    service.announce(rules.on_registration(event), now())


def _code_requested(event: UserCodeRequested, _: Envelope) -> None:
    service.announce(rules.on_code(event), now())


def _profile_updated(event: UserProfileUpdated, _: Envelope) -> None:
    if message := rules.on_profile_update(event):
        service.announce(message, now())


handler = KafkaConsumer(
    {
        UserRegistered: _registered,
        UserPasswordResetRequested: _code_requested,
        UserVerificationRequested: _code_requested,
        UserProfileUpdated: _profile_updated,
    }
)
