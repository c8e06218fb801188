"""Events that institute keeps: the audit trail, calendars, exports, the numbers of today, and whom to forget."""

from institute.service import agenda, day_counts, gathering, trail
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.audit import Audited
from lms.events.enrollments import StudentEnrolled
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled, ExamState
from lms.events.exports import ExportPartAdded, ExportRequested
from lms.events.payments import PaymentConfirmed, VoucherCancelled, VoucherEvent, VoucherIssued
from lms.events.users import UserErased, UserPreferencesChanged, UserRegistered


def _audited(event: Audited, envelope: Envelope) -> None:
    trail.record(event, envelope.request_id)


def _exam(event: ExamState | ExamCancelled, envelope: Envelope) -> None:
    agenda.update_exam(event, envelope.emitted_at)


def _voucher(event: VoucherEvent, envelope: Envelope) -> None:
    agenda.update_voucher(event, envelope.emitted_at)


def _paid(event: PaymentConfirmed, envelope: Envelope) -> None:
    agenda.update_voucher(event, envelope.emitted_at)
    _count("paid", envelope)


def _registered(_: UserRegistered, envelope: Envelope) -> None:
    _count("registered", envelope)


def _enrolled(_: StudentEnrolled, envelope: Envelope) -> None:
    _count("enrolled", envelope)


def _count(fact: day_counts.Fact, envelope: Envelope) -> None:
    if not envelope.republished:
        day_counts.count(fact, envelope.event_id, envelope.emitted_at)


def _preferences(event: UserPreferencesChanged, _: Envelope) -> None:
    agenda.update_preferences(event)


def _erased(event: UserErased, _: Envelope) -> None:
    trail.erase(event.user_id)
    agenda.erase(event.user_id)
    gathering.erase(event.user_id)


def _export_requested(event: ExportRequested, _: Envelope) -> None:
    gathering.add_own_part(event, now())


def _export_part(event: ExportPartAdded, _: Envelope) -> None:
    gathering.complete(event, now())


handler = KafkaConsumer(
    {
        Audited: _audited,
        ExamScheduled: _exam,
        ExamChanged: _exam,
        ExamCancelled: _exam,
        VoucherIssued: _voucher,
        VoucherCancelled: _voucher,
        PaymentConfirmed: _paid,
        UserRegistered: _registered,
        StudentEnrolled: _enrolled,
        UserPreferencesChanged: _preferences,
        ExportRequested: _export_requested,
        ExportPartAdded: _export_part,
        UserErased: _erased,
    }
)
