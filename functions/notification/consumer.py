"""Events to messages. Nothing is sent here: a slow mail server must not hold up a partition."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    ExamState,
    InstructorAssigned,
    MaterialPublished,
    MessageRequested,
    PaymentConfirmed,
    ResultRecorded,
    StudentEnrolled,
    UserCodeRequested,
    UserDisabled,
    UserEnabled,
    UserErased,
    UserPasswordChanged,
    UserPasswordResetRequested,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
    UserVerificationRequested,
    VoucherEvent,
    VoucherIssued,
)
from notification.rules import messages as rules
from notification.rules.messages import Message
from notification.service import announcements, contacts, digests, erasure, messages, occasions


def _is_news(envelope: Envelope) -> bool:
    return rules.is_news(envelope.emitted_at, now(), republished=envelope.republished)


def _announce(message: Message, envelope: Envelope) -> None:
    if _is_news(envelope):
        messages.announce(message, now())


def _registered(event: UserRegistered, envelope: Envelope) -> None:
    contacts.note_person(event.user_id, event.person, event.version)
    _announce(rules.on_registration(event), envelope)


def _provisioned(event: UserProvisioned, _: Envelope) -> None:
    contacts.note_person(event.user_id, event.person, event.version, email_verified=event.email_verified)


def _profile_updated(event: UserProfileUpdated, envelope: Envelope) -> None:
    contacts.note_person(
        event.user_id,
        event.person,
        event.version,
        email_verified=event.email_verified,
        mobile_verified=event.mobile_verified,
    )
    contacts.note_access(event.user_id, event.version, disabled=event.disabled)
    for message in rules.on_profile_update(event):
        _announce(message, envelope)


def _code_requested(event: UserCodeRequested, envelope: Envelope) -> None:
    _announce(rules.on_code(event), envelope)


def _password_changed(event: UserPasswordChanged, envelope: Envelope) -> None:
    if _is_news(envelope):
        by_sms = event.reset_by == "sms"
        announcements.account_changed(event, "password_reset_by_sms" if by_sms else "password_changed", now())


def _disabled(event: UserDisabled, envelope: Envelope) -> None:
    contacts.note_access(event.user_id, event.version, disabled=True)
    if _is_news(envelope):
        announcements.account_changed(event, "account_disabled", now())


def _enabled(event: UserEnabled, _: Envelope) -> None:
    contacts.note_access(event.user_id, event.version, disabled=False)


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, event.version)


def _enrolled(event: StudentEnrolled, envelope: Envelope) -> None:
    if _is_news(envelope):
        announcements.membership_began(event, "enrolled", event.student_id, event.course_id, now())


def _assigned(event: InstructorAssigned, envelope: Envelope) -> None:
    if _is_news(envelope):
        announcements.membership_began(event, "assigned", event.teacher_id, event.course_id, now())


def _material_published(event: MaterialPublished, envelope: Envelope) -> None:
    if _is_news(envelope):
        digests.collect(event, now())


def _exam_told(event: ExamState, envelope: Envelope) -> None:
    occasions.exam_told(event, now(), is_news=_is_news(envelope))


def _exam_cancelled(event: ExamCancelled, envelope: Envelope) -> None:
    occasions.exam_cancelled(event, now(), is_news=_is_news(envelope))


def _result_told(event: ResultRecorded, envelope: Envelope) -> None:
    occasions.result_told(event, now(), is_news=_is_news(envelope))


def _voucher_told(event: VoucherEvent, envelope: Envelope) -> None:
    occasions.voucher_told(event, now(), is_news=_is_news(envelope))


def _message_requested(event: MessageRequested, envelope: Envelope) -> None:
    announcements.message_requested(event, now(), is_news=_is_news(envelope))


handler = KafkaConsumer(
    {
        UserRegistered: _registered,
        UserProvisioned: _provisioned,
        UserProfileUpdated: _profile_updated,
        UserPasswordResetRequested: _code_requested,
        UserVerificationRequested: _code_requested,
        UserPasswordChanged: _password_changed,
        UserDisabled: _disabled,
        UserEnabled: _enabled,
        UserErased: _erased,
        StudentEnrolled: _enrolled,
        InstructorAssigned: _assigned,
        MaterialPublished: _material_published,
        ExamScheduled: _exam_told,
        ExamChanged: _exam_told,
        ExamCancelled: _exam_cancelled,
        ResultRecorded: _result_told,
        VoucherIssued: _voucher_told,
        PaymentConfirmed: _voucher_told,
        MessageRequested: _message_requested,
    }
)
