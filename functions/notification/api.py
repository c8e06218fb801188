"""The routes of notification."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from fastapi.responses import RedirectResponse

from lms.callers import Caller
from lms.dependencies import Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.fields import Flag
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseTeacher, RecipientOutsideCourse, TeacherNotFound
from lms.security import Admin, AnySignedIn, Public, TeacherOrAdmin
from notification import unsubscribe_links
from notification.schemas import (
    Accepted,
    AllRead,
    DeliveryView,
    FailureView,
    NewMessage,
    NotificationView,
    PreferencesUpdate,
    PreferencesView,
    SentMessage,
    Unread,
)
from notification.service import failures, inbox, preferences, requests, sent_messages
from notification.service.failures import NoSuchFailure, RecipientUnreachable, TooLateToSend
from notification.service.inbox import NoSuchNotification
from notification.service.requests import CourseNeeded, RecipientUnknown, SentTooLate
from notification.service.sent_messages import MessageSent, NoSuchMessage
from notification.unsubscribe_links import BrokenLink

app = create_app("notification")

UnsubscribeToken = Annotated[str, Query(max_length=200)]
NotificationId = Annotated[UUID, Path(alias="id")]
MessageId = Annotated[UUID, Path(alias="id")]
SenderId = Annotated[UUID, Path(alias="instructorId")]
RecipientId = Annotated[UUID, Path(alias="recipientId")]


class AnotherPerson(Forbidden):
    detail = "Only the person themselves can do this."


@refuses(AnotherPerson)
def _self(recipient_id: RecipientId, caller: AnySignedIn) -> Caller:
    if caller.id != recipient_id:
        raise AnotherPerson
    return caller


@refuses(AnotherPerson)
def _self_or_admin(recipient_id: RecipientId, caller: AnySignedIn) -> Caller:
    return caller if caller.role == "admin" else _self(recipient_id, caller)


@refuses(AnotherPerson)
def _sender_or_admin(sender_id: SenderId, caller: TeacherOrAdmin) -> Caller:
    return caller if caller.role == "admin" else _self(sender_id, caller)


Recipient = Annotated[Caller, Depends(_self)]
SenderOrAdmin = Annotated[Caller, Depends(_sender_or_admin)]
Reader = Annotated[Caller, Depends(_self_or_admin)]


@app.post("/notifications/send", status_code=202)
@refuses(SentTooLate, NotCourseTeacher, CourseNotFound, CourseNeeded, RecipientUnknown, RecipientOutsideCourse)
def send_message(caller: TeacherOrAdmin, idempotent: Idempotent, body: NewMessage, now: Now) -> Accepted:
    """Accepts a message to people or to a class; it is sent afterwards."""
    return requests.accept(body, caller, idempotent, now)


@app.get("/instructors/{instructorId}/messages")
@refuses(TeacherNotFound)
def list_sent_messages(_: SenderOrAdmin, sender_id: SenderId, paging: Paging) -> Page[SentMessage]:
    """What an instructor has written to classes and people, newest first: sent, or waiting for its time."""
    return sent_messages.list_messages(sender_id, paging)


@app.delete("/instructors/{instructorId}/messages/{id}", status_code=204)
@refuses(NoSuchMessage, MessageSent)
def cancel_message(_: SenderOrAdmin, sender_id: SenderId, message_id: MessageId) -> None:
    """Takes back a message that waits for its time."""
    sent_messages.take_back(sender_id, message_id)


@app.get("/notifications/{recipientId}/list")
def list_notifications(
    _: Reader, recipient_id: RecipientId, paging: Paging, unread: Flag = False
) -> Page[NotificationView]:
    """A person's notifications, newest first."""
    return inbox.show(recipient_id, paging, unread=unread)


@app.get("/notifications/{recipientId}/unread")
def count_unread(_: Reader, recipient_id: RecipientId) -> Unread:
    """How many notifications a person has not read."""
    return inbox.count_unread(recipient_id)


@app.get("/notifications/failures")
def list_failures(_: Admin, paging: Paging, now: Now) -> Page[FailureView]:
    """Deliveries that failed, of all people, newest first."""
    return failures.list_failures(paging, now)


@app.post("/notifications/failures/{id}/retry", status_code=202)
@refuses(NoSuchFailure, TooLateToSend, RecipientUnreachable)
def retry_delivery(_: Admin, notification_id: NotificationId, now: Now) -> DeliveryView:
    """Has a failed delivery tried again, within a minute."""
    return failures.retry(notification_id, now)


@app.get("/notifications/{recipientId}/deliveries")
def list_deliveries(_: Admin, recipient_id: RecipientId, paging: Paging) -> Page[DeliveryView]:
    """What a person got by each channel, newest first, with its tries."""
    return inbox.deliveries(recipient_id, paging)


@app.post("/notifications/{id}/read")
@refuses(NoSuchNotification)
def mark_notification_read(caller: AnySignedIn, notification_id: NotificationId, now: Now) -> NotificationView:
    """Marks one notification as read."""
    return inbox.mark_read(notification_id, caller.id, now)


@app.post("/notifications/{recipientId}/readAll")
def mark_notifications_read(caller: Recipient, now: Now) -> AllRead:
    """Marks all notifications so far as read."""
    return inbox.mark_all_read(caller.id, now)


@app.get("/notifications/{recipientId}/preferences")
def get_preferences(caller: Recipient, response: Response) -> PreferencesView:
    """What a person wants to hear of, by which channels, and when not to be disturbed."""
    view = preferences.show(caller.id)
    set_etag(response, view.version)
    return view


@app.put("/notifications/{recipientId}/preferences")
def update_preferences(
    caller: Recipient, if_match: IfMatch, body: PreferencesUpdate, response: Response, now: Now
) -> PreferencesView:
    """Replaces the fields given."""
    view = preferences.update(caller.id, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.get("/notifications/unsubscribe", status_code=303, response_class=RedirectResponse, dependencies=[Public])
@refuses(BrokenLink)
def get_unsubscribe_page(token: UnsubscribeToken) -> RedirectResponse:
    """Leads to the screen that asks whether to stop the e-mails of a kind; opening the link stops nothing."""
    unsubscribe_links.read_token(token)
    return RedirectResponse(f"/app/unsubscribe?token={token}", status_code=303)


@app.post("/notifications/unsubscribe", status_code=204, dependencies=[Public])
@refuses(BrokenLink)
def unsubscribe_from_mails(token: UnsubscribeToken, now: Now) -> None:
    """Stops the e-mails of a kind: the button of the screen, or one click in a mail program (RFC 8058)."""
    preferences.switch_off_mail(*unsubscribe_links.read_token(token), now)


handler = LambdaHandler(app)
