"""Events of users: the answers of erased students are erased."""

from exam.service import erasure
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import UserErased


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, now())


handler = KafkaConsumer({UserErased: _erased})
