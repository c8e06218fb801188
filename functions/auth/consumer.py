"""Events of users, as far as the gateway has to learn of them."""

from auth.service import gateway
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    UserDisabled,
    UserEnabled,
    UserErased,
    UserEvent,
    UserPasswordChanged,
    UserRegistered,
    UserSessionsRevoked,
)


def _provision(event: UserRegistered, _: Envelope) -> None:
    gateway.provision(event, now())


def _converge(event: UserEvent, _: Envelope) -> None:
    gateway.converge(event.user_id, now())


handler = KafkaConsumer(
    {
        UserRegistered: _provision,
        UserPasswordChanged: _converge,
        UserSessionsRevoked: _converge,
        UserDisabled: _converge,
        UserEnabled: _converge,
        UserErased: _converge,
    }
)
