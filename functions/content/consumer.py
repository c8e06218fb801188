"""Events of program: copies of courses, which get the outline of the other course."""

from content.service import copies
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import CourseCopied


def _copied(event: CourseCopied, _: Envelope) -> None:
    copies.copy_outline(event, now())


handler = KafkaConsumer({CourseCopied: _copied})
