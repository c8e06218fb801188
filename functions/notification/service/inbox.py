"""A person's list of notifications, and the log of deliveries that administrators read."""

from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lms.errors import NotFound
from lms.faults import condition_failed
from lms.pages import Page, PageRequest, query_page
from notification.schemas import AllRead, DeliveryView, NotificationView
from notification.tables import InboxIndex, Notification, ReadMark


class NoSuchNotification(NotFound):
    detail = "There is no such notification."


def show(recipient_id: UUID, paging: PageRequest, *, unread: bool) -> Page[NotificationView]:
    """A person's notifications, newest first; with `unread`, those they have not read."""
    read_until = _read_until(recipient_id)
    wanted: dict[str, Condition] = {}
    if unread:
        wanted["filter_condition"] = Notification.read_at.does_not_exist()
        if read_until is not None:
            wanted["range_key_condition"] = InboxIndex.created_at > read_until
    found, after = query_page(Notification.inbox_index, [recipient_id], paging, scan_index_forward=False, **wanted)
    return paging.page([_view(row, read_until) for row in found], after)


def mark_read(notification_id: UUID, reader_id: UUID, now: datetime) -> NotificationView:
    """Marks a notification as read, once; raises `NoSuchNotification` for another person's."""
    row = _own(notification_id, reader_id)
    read_until = _read_until(reader_id)
    if _read_at(row, read_until) is None:
        marks: list[Action] = [Notification.read_at.set(now), Notification.updated_at.set(now)]
        unread = Notification.id.exists() & Notification.read_at.does_not_exist()
        try:
            row.update(marks, unread, add_version_condition=False)
        except UpdateError as error:
            if not condition_failed(error):
                raise
            row = _own(notification_id, reader_id)
    return _view(row, read_until)


def mark_all_read(reader_id: UUID, now: datetime) -> AllRead:
    """Marks everything so far as read: one write, however long the list is."""
    mark: Action = ReadMark.read_until.set(now)
    try:
        ReadMark(reader_id).update([mark], ReadMark.read_until.does_not_exist() | (ReadMark.read_until < now))
    except UpdateError as error:
        if not condition_failed(error):
            raise
    return AllRead(read_until=now)


def deliveries(recipient_id: UUID, paging: PageRequest) -> Page[DeliveryView]:
    """What a person got by each channel, newest first, with its tries."""
    found, after = query_page(Notification.deliveries_index, [recipient_id], paging, scan_index_forward=False)
    return paging.page([DeliveryView.model_validate(row) for row in found], after)


def _own(notification_id: UUID, reader_id: UUID) -> Notification:
    row = Notification.find(notification_id)
    if row is None or row.inbox != reader_id:
        raise NoSuchNotification
    return row


def _read_until(reader_id: UUID) -> datetime | None:
    mark = ReadMark.find(reader_id)
    return mark.read_until if mark is not None else None


def _read_at(row: Notification, read_until: datetime | None) -> datetime | None:
    if row.read_at is None and read_until is not None and row.created_at <= read_until:
        return read_until
    return row.read_at


def _view(row: Notification, read_until: datetime | None) -> NotificationView:
    return NotificationView(
        id=row.id,
        recipient_id=row.recipient_id,
        message=row.message,
        type=row.type,
        status=row.status,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        read_at=_read_at(row, read_until),
    )
