"""Deliveries that failed, of all people: what administrators see of them, and another try."""

from datetime import datetime
from typing import cast
from uuid import UUID

from lms import roster
from lms.due import shard_of
from lms.dynamo import retry_stale, transaction
from lms.errors import Conflict, NotFound
from lms.messages import Channel
from lms.pages import Page, PageRequest, query_page
from notification.messages import KINDS
from notification.rules import deliveries as rules
from notification.schemas import DeliveryView, FailureView
from notification.service import contacts
from notification.tables import Notification


class NoSuchFailure(NotFound):
    detail = "There is no such failed delivery."


class TooLateToSend(Conflict):
    code = "too-late"
    detail = "What this message says no longer counts, so it is not sent again."


class RecipientUnreachable(Conflict):
    code = "unreachable"
    detail = "This person cannot be reached by this channel."


def list_failures(paging: PageRequest, now: datetime) -> Page[FailureView]:
    """What reached nobody, the newest first: of this year and the last, for as long as notifications are kept."""
    years = [now.year, now.year - 1]
    found, after = query_page(Notification.failures_index, years, paging, scan_index_forward=False)
    people = roster.find_users({row.recipient_id for row in found})
    return paging.page([_view(row, people.get(row.recipient_id)) for row in found], after)


@retry_stale
def retry(notification_id: UUID, now: datetime) -> DeliveryView:
    """Has a failed delivery sent again, within a minute or after their quiet hours, to where they are reached now.

    What is about an account goes to the address that it was for. Raises `NoSuchFailure`, `TooLateToSend`,
    `RecipientUnreachable`.
    """
    row = Notification.find(notification_id)
    if row is None or row.failed_at is None:
        raise NoSuchFailure
    if row.facts is None or rules.is_too_late(row.valid_until, now):
        raise TooLateToSend
    row.due_shard, row.due_at = shard_of(row.id), now
    if KINDS[row.type].group is not None:
        person = _reachable(row)
        row.destination, row.name = person.addresses[cast(Channel, row.channel)], person.name
        row.language = person.preferences.language
        row.due_at = person.preferences.quiet_until(now) or now
    row.log = [*(row.log or []), {"at": now.isoformat(), "outcome": "an administrator asked for another try"}]
    row.status, row.tries, row.reason = "pending", 0, None
    row.failed_year = row.failed_at = None
    row.updated_at = now
    with transaction() as tx:
        tx.put(row)
    return DeliveryView.model_validate(row)


def _reachable(row: Notification) -> contacts.Recipient:
    for person in contacts.find([row.recipient_id]):
        if person.addresses[cast(Channel, row.channel)] and not person.disabled:
            return person
    raise RecipientUnreachable


def _view(row: Notification, recipient: roster.User | None) -> FailureView:
    view = FailureView.model_validate(row)
    return view.model_copy(update={"recipient_name": recipient.name}) if recipient else view
