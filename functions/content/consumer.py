"""Events of program and exchange: outlines are copied, added to by imports, and given to exports of their course."""

from content.service import copies, course_exports, imports
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.courses import CourseCopied
from lms.events.exchange import CourseExportRequested, ImportPartRequested


def _copied(event: CourseCopied, _: Envelope) -> None:
    copies.copy_outline(event, now())


def _import_part(event: ImportPartRequested, _: Envelope) -> None:
    if event.kind == "outline":
        imports.apply(event, now())


def _export(event: CourseExportRequested, _: Envelope) -> None:
    if "outline" in event.parts:
        course_exports.add_outline(event, now())


handler = KafkaConsumer({CourseCopied: _copied, ImportPartRequested: _import_part, CourseExportRequested: _export})
