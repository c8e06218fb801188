"""Events of users: the answers of erased students are erased, and what is held about a person is exported."""

from exam.service import erasure, export
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import ExportRequested, UserErased


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


handler = KafkaConsumer({UserErased: _erased, ExportRequested: _export})
