"""Events to notifications. Nothing is sent here: a slow mail server must not hold up a partition."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.content import MaterialPublished
from lms.events.enrollments import InstructorAssigned, StudentEnrolled
from lms.events.exams import AttemptReopened, ExamCancelled, ExamChanged, ExamScheduled, ExamState, ResultRecorded
from lms.events.exports import ExportRequested
from lms.events.messages import MessageRequested
from lms.events.payments import PaymentConfirmed, VoucherCancelled, VoucherEvent, VoucherIssued
from lms.events.users import (
    CourseRequestRefused,
    UserCodeRequested,
    UserDisabled,
    UserEnabled,
    UserErased,
    UserInvited,
    UserPasswordChanged,
    UserPasswordResetRequested,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
    UserVerificationRequested,
)
from notification.rules import schedules
from notification.service import (
    accounts,
    announcements,
    contacts,
    digests,
    erasure,
    export,
    memberships,
    preferences,
    reminders,
)


def _is_news(envelope: Envelope) -> bool:
    return schedules.is_news(envelope.emitted_at, now(), republished=envelope.republished)


def _registered(event: UserRegistered, envelope: Envelope) -> None:
    contacts.save_person(event.user_id, event.person, event.role, event.version)
    if event.language is not None:
        preferences.begin(event.user_id, event.language, now())
    if _is_news(envelope):
        accounts.registered(event, now())


def _provisioned(event: UserProvisioned, _: Envelope) -> None:
    contacts.save_person(event.user_id, event.person, event.role, event.version, email_verified=event.email_verified)


def _profile_updated(event: UserProfileUpdated, envelope: Envelope) -> None:
    contacts.save_person(
        event.user_id,
        event.person,
        event.role,
        event.version,
        email_verified=event.email_verified,
        mobile_verified=event.mobile_verified,
    )
    contacts.save_access(event.user_id, event.version, disabled=event.disabled)
    if _is_news(envelope):
        accounts.profile_updated(event, now())


def _code_requested(event: UserCodeRequested, envelope: Envelope) -> None:
    if _is_news(envelope):
        accounts.code_requested(event, now())


def _password_changed(event: UserPasswordChanged, envelope: Envelope) -> None:
    if _is_news(envelope):
        accounts.password_changed(event, now())


def _disabled(event: UserDisabled, envelope: Envelope) -> None:
    contacts.save_access(event.user_id, event.version, disabled=True)
    if _is_news(envelope):
        accounts.disabled(event, now())


def _enabled(event: UserEnabled, _: Envelope) -> None:
    contacts.save_access(event.user_id, event.version, disabled=False)


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, event.version)


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


def _enrolled(event: StudentEnrolled, envelope: Envelope) -> None:
    if _is_news(envelope):
        memberships.enrolled(event, now())


def _assigned(event: InstructorAssigned, envelope: Envelope) -> None:
    if _is_news(envelope):
        memberships.assigned(event, now())


def _course_refused(event: CourseRequestRefused, envelope: Envelope) -> None:
    if _is_news(envelope):
        memberships.refused(event, now())


def _material_published(event: MaterialPublished, envelope: Envelope) -> None:
    if _is_news(envelope):
        digests.collect(event, now())


def _exam_changed(event: ExamState, envelope: Envelope) -> None:
    reminders.exam_changed(event, now(), is_news=_is_news(envelope))


def _exam_cancelled(event: ExamCancelled, envelope: Envelope) -> None:
    reminders.exam_cancelled(event, now(), is_news=_is_news(envelope))


def _attempt_reopened(event: AttemptReopened, envelope: Envelope) -> None:
    if _is_news(envelope):
        reminders.attempt_reopened(event, now())


def _result_recorded(event: ResultRecorded, envelope: Envelope) -> None:
    reminders.result_recorded(event, now(), is_news=_is_news(envelope))


def _voucher_changed(event: VoucherEvent, envelope: Envelope) -> None:
    reminders.voucher_changed(event, now(), is_news=_is_news(envelope))


def _message_requested(event: MessageRequested, envelope: Envelope) -> None:
    announcements.plan(event, now(), is_news=_is_news(envelope))


handler = KafkaConsumer(
    {
        UserRegistered: _registered,
        UserProvisioned: _provisioned,
        UserProfileUpdated: _profile_updated,
        UserPasswordResetRequested: _code_requested,
        UserVerificationRequested: _code_requested,
        UserInvited: _code_requested,
        UserPasswordChanged: _password_changed,
        UserDisabled: _disabled,
        UserEnabled: _enabled,
        UserErased: _erased,
        ExportRequested: _export,
        StudentEnrolled: _enrolled,
        InstructorAssigned: _assigned,
        CourseRequestRefused: _course_refused,
        MaterialPublished: _material_published,
        ExamScheduled: _exam_changed,
        ExamChanged: _exam_changed,
        ExamCancelled: _exam_cancelled,
        AttemptReopened: _attempt_reopened,
        ResultRecorded: _result_recorded,
        VoucherIssued: _voucher_changed,
        VoucherCancelled: _voucher_changed,
        PaymentConfirmed: _voucher_changed,
        MessageRequested: _message_requested,
    }
)
