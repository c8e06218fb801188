"""Events of other services: changed outlines move percentages, and people's data is exported and erased."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.content import OutlineChanged
from lms.events.exports import ExportRequested
from lms.events.users import UserErased
from progress.service import export, feedback, progress


def _outline_changed(event: OutlineChanged, _: Envelope) -> None:
    progress.follow_outline(event.course_id, event.version, now())


def _erased(event: UserErased, _: Envelope) -> None:
    feedback.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


handler = KafkaConsumer({OutlineChanged: _outline_changed, UserErased: _erased, ExportRequested: _export})
