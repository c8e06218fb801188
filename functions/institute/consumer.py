"""Events that institute keeps: the audit trail, and whom to forget."""

from institute.service import trail
from lms.consumer import Envelope, KafkaConsumer
from lms.events import Audited, UserErased


def _audited(event: Audited, envelope: Envelope) -> None:
    trail.record(event, envelope.request_id)


def _erased(event: UserErased, _: Envelope) -> None:
    trail.erase(event.user_id)


handler = KafkaConsumer({Audited: _audited, UserErased: _erased})
