"""Events that institute keeps: the audit trail, what calendars show, exports, and whom to forget."""

from institute.service import agenda, gathering, trail
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    Audited,
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    ExamState,
    ExportPartAdded,
    ExportRequested,
    PaymentConfirmed,
    UserErased,
    UserPreferencesChanged,
    VoucherCancelled,
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
        PaymentConfirmed: _voucher,
        UserPreferencesChanged: _preferences,
        ExportRequested: _export_requested,
        ExportPartAdded: _export_part,
        UserErased: _erased,
    }
)
