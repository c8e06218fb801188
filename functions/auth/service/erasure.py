"""What is left to do once a user is erased (`accounts.erase`) and the event of it is out."""

from datetime import datetime
from uuid import UUID

from auth.service import gateway
from auth.tables import Session
from lms import outbox
from lms.events.users import UserErased, UserEvent


def finish(user_id: UUID, now: datetime) -> None:
    """Deletes the user at the gateway, their sessions, and their events in the Outbox; again, it changes nothing.

    What was published before is in Kafka by now: the events of a user keep their order. What was parked never will be.
    """
    gateway.converge(user_id, now)
    with Session.batch_write() as batch:
        for session in Session.by_user.query(user_id):
            batch.delete(session)
    outbox.forget(UserEvent.subject_of(user_id), but=UserErased)
