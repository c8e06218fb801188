"""Events of other services, as far as they free seats or allow to take them."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import PaymentConfirmed, UserErased
from program.service import enrollments


def _release(event: UserErased, _: Envelope) -> None:
    enrollments.release(event.user_id, now())


def _paid(event: PaymentConfirmed, _: Envelope) -> None:
    enrollments.note_payment(event.student_id, event.course_id)


handler = KafkaConsumer({UserErased: _release, PaymentConfirmed: _paid})
