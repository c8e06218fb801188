"""Events of program and exchange: copies of courses get the outline of the other course, imports add to outlines."""

from content.service import copies, imports
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import CourseCopied, ImportPartRequested


def _copied(event: CourseCopied, _: Envelope) -> None:
    copies.copy_outline(event, now())


def _import_part(event: ImportPartRequested, _: Envelope) -> None:
    if event.kind == "outline":
        imports.apply(event, now())


handler = KafkaConsumer({CourseCopied: _copied, ImportPartRequested: _import_part})
