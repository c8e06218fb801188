"""Events of users: an erased student's amounts stay, what payers wrote goes."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import UserErased
from payment.service import erasure


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, now())


handler = KafkaConsumer({UserErased: _erased})
