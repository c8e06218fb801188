"""Events of other services, as far as they free seats, allow to take them, complete enrolments, or set exams."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    ExamState,
    PaymentConfirmed,
    ProgressUpdated,
    UserErased,
)
from program.service import enrollments, schedule


def _release(event: UserErased, _: Envelope) -> None:
    enrollments.release(event.user_id, now())


def _paid(event: PaymentConfirmed, _: Envelope) -> None:
    enrollments.note_payment(event)


def _progressed(event: ProgressUpdated, _: Envelope) -> None:
    if event.completed:
        enrollments.complete(event.student_id, event.course_id, now())


def _scheduled(event: ExamState, _: Envelope) -> None:
    schedule.note(event)


def _cancelled(event: ExamCancelled, _: Envelope) -> None:
    schedule.forget(event)


handler = KafkaConsumer(
    {
        UserErased: _release,
        PaymentConfirmed: _paid,
        ProgressUpdated: _progressed,
        ExamScheduled: _scheduled,
        ExamChanged: _scheduled,
        ExamCancelled: _cancelled,
    }
)
