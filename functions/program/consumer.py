"""Events of other services, as far as they free or allow seats."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import UserErased
from program.service import enrollments


def _release(event: UserErased, _: Envelope) -> None:
    enrollments.release(event.user_id, now())


handler = KafkaConsumer({UserErased: _release})
