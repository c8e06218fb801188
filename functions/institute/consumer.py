"""Events that institute keeps: the audit trail, what calendars show, and whom to forget."""

from institute.service import agenda, trail
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    Audited,
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    ExamState,
    PaymentConfirmed,
    UserErased,
    UserPreferencesChanged,
    VoucherEvent,
    VoucherIssued,
)


def _audited(event: Audited, envelope: Envelope) -> None:
    trail.record(event, envelope.request_id)


def _exam(event: ExamState | ExamCancelled, envelope: Envelope) -> None:
    agenda.update_exam(event, envelope.emitted_at)


def _voucher(event: VoucherEvent, envelope: Envelope) -> None:
    agenda.update_voucher(event, envelope.emitted_at)


def _preferences(event: UserPreferencesChanged, _: Envelope) -> None:
    agenda.update_zone(event)


def _erased(event: UserErased, _: Envelope) -> None:
    trail.erase(event.user_id)
    agenda.erase(event.user_id)


handler = KafkaConsumer(
    {
        Audited: _audited,
        ExamScheduled: _exam,
        ExamChanged: _exam,
        ExamCancelled: _exam,
        VoucherIssued: _voucher,
        PaymentConfirmed: _voucher,
        UserPreferencesChanged: _preferences,
        UserErased: _erased,
    }
)
