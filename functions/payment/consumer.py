"""Events of users: of an erased student the amounts stay, and what payers wrote goes; exports get their part."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.exports import ExportRequested
from lms.events.users import UserErased
from payment.service import erasure, export


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


handler = KafkaConsumer({UserErased: _erased, ExportRequested: _export})
