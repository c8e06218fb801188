"""Events of other services: changed outlines move percentages, and what erased users wrote is erased."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import OutlineChanged, UserErased
from progress.service import feedback, progress


def _outline_changed(event: OutlineChanged, _: Envelope) -> None:
    progress.follow_outline(event.course_id, event.version, now())


def _erased(event: UserErased, _: Envelope) -> None:
    feedback.erase(event.user_id, now())


handler = KafkaConsumer({OutlineChanged: _outline_changed, UserErased: _erased})
