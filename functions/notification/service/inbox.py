"""A person's list of notifications, and the log of deliveries that administrators read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lms import roster
from lms.dynamo import read_together
from lms.errors import NotFound
from lms.institute import current_institute
from lms.languages import Language
from lms.pages import Page, PageRequest, query_page
from notification.messages import without_secrets
from notification.schemas import AllRead, DeliveryView, NotificationView, Unread
from notification.service import contacts
from notification.tables import InboxIndex, Notification, ReadMark, StoredPreferences, UnreadIndex
from notification.words import Frame, words


class NoSuchNotification(NotFound):
    detail = "There is no such notification."


@dataclass(frozen=True)
class _Reader:
    """The reader of a list: their name, how texts are shown to them, and until when they have read everything."""

    name: str | None
    zone: str
    language: Language
    read_until: datetime | None


def show(recipient_id: UUID, paging: PageRequest, *, unread: bool) -> Page[NotificationView]:
    """A person's notifications, newest first; with `unread`, those they have not read."""
    reader = _reader(recipient_id)
    wanted: dict[str, Condition] = {}
    if unread:
        wanted["filter_condition"] = Notification.read_at.does_not_exist()
        if reader.read_until is not None:
            wanted["range_key_condition"] = InboxIndex.created_at > reader.read_until
    found, after = query_page(Notification.inbox_index, [recipient_id], paging, scan_index_forward=False, **wanted)
    return paging.page([_view(row, reader) for row in found], after)


def count_unread(recipient_id: UUID) -> Unread:
    """How many notifications a person has not read: counted by an index of these alone, and none of them is read."""
    mark = ReadMark.find(recipient_id)
    after = UnreadIndex.created_at > mark.read_until if mark is not None else None
    return Unread(count=Notification.unread_index.count(recipient_id, after))


def mark_read(notification_id: UUID, reader_id: UUID, now: datetime) -> NotificationView:
    """Marks a notification as read, once; raises `NoSuchNotification` for another person's."""
    row = _own(notification_id, reader_id)
    reader = _reader(reader_id)
    if _read_at(row, reader.read_until) is None:
        marks: list[Action] = [
            Notification.read_at.set(now),
            Notification.updated_at.set(now),
            Notification.unread.remove(),
        ]
        unread = Notification.id.exists() & Notification.read_at.does_not_exist()
        if not row.update_if(unread, marks, any_version=True):
            row = _own(notification_id, reader_id)
    return _view(row, reader)


def mark_all_read(reader_id: UUID, now: datetime) -> AllRead:
    """Marks everything so far as read: one write, however long the list is."""
    earlier = ReadMark.read_until.does_not_exist() | (ReadMark.read_until < now)
    ReadMark(reader_id).update_if(earlier, [ReadMark.read_until.set(now)])
    return AllRead(read_until=now)


def deliveries(recipient_id: UUID, paging: PageRequest) -> Page[DeliveryView]:
    """What a person got by each channel, newest first, with its tries."""
    found, after = query_page(Notification.deliveries_index, [recipient_id], paging, scan_index_forward=False)
    return paging.page([DeliveryView.model_validate(row) for row in found], after)


def texts_of(row: Notification, language: Language, zone: str) -> tuple[str, str]:
    """Subject and text of a message in a person's list."""
    message = without_secrets(row.type, row.about)
    frame = Frame(institute=current_institute().name, public_url="", zone=zone, language=language)
    return words(language).subject(message, frame), words(language).list_text(message, zone)


def _own(notification_id: UUID, reader_id: UUID) -> Notification:
    row = Notification.find(notification_id)
    if row is None or row.inbox != reader_id:
        raise NoSuchNotification
    return row


def _reader(person_id: UUID) -> _Reader:
    mark, card, preferences = read_together(
        [(ReadMark, person_id, None), roster.user_key(person_id), (StoredPreferences, person_id, None)]
    )
    return _Reader(
        card.name if card else None,
        contacts.zone_of(preferences),
        contacts.language_of(preferences),
        mark.read_until if mark else None,
    )


def _read_at(row: Notification, read_until: datetime | None) -> datetime | None:
    if row.read_at is None and read_until is not None and row.created_at <= read_until:
        return read_until
    return row.read_at


def _view(row: Notification, reader: _Reader) -> NotificationView:
    about = row.about
    subject, text = texts_of(row, reader.language, reader.zone)
    return NotificationView(
        id=row.id,
        recipient_id=row.recipient_id,
        recipient_name=reader.name,
        subject=subject,
        message=text,
        link=row.link,
        course_id=about.get("course_id"),
        course_title=about.get("course"),
        exam_id=about.get("exam_id"),
        exam_title=about.get("exam"),
        voucher_no=about.get("voucher_no"),
        type=row.type,
        status=row.status,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        read_at=_read_at(row, reader.read_until),
    )
