"""Events of other services: imported and erased users, payments, completed courses, exams, and who teaches."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.enrollments import InstructorAssigned, InstructorUnassigned
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled, ExamState
from lms.events.exports import ExportRequested
from lms.events.payments import PaymentConfirmed
from lms.events.progress import ProgressUpdated
from lms.events.users import CoursesRequested, UserErased
from program.service import course_requests, enrollments, export, schedule, teachers


def _user_erased(event: UserErased, _: Envelope) -> None:
    enrollments.drop_all(event.user_id, now())


def _courses_requested(event: CoursesRequested, _: Envelope) -> None:
    if event.role == "student":
        course_requests.enroll(event, now())


def _payment_confirmed(event: PaymentConfirmed, _: Envelope) -> None:
    enrollments.record_payment(event)


def _progress_updated(event: ProgressUpdated, _: Envelope) -> None:
    if event.completed:
        enrollments.complete(event.student_id, event.course_id, now())


def _exam_changed(event: ExamState, _: Envelope) -> None:
    schedule.record_exam(event)


def _exam_cancelled(event: ExamCancelled, _: Envelope) -> None:
    schedule.remove_exam(event)


def _assigned(event: InstructorAssigned, _: Envelope) -> None:
    teachers.record(event, active=True)


def _unassigned(event: InstructorUnassigned, _: Envelope) -> None:
    teachers.record(event, active=False)


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


handler = KafkaConsumer(
    {
        ExportRequested: _export,
        CoursesRequested: _courses_requested,
        UserErased: _user_erased,
        PaymentConfirmed: _payment_confirmed,
        ProgressUpdated: _progress_updated,
        ExamScheduled: _exam_changed,
        ExamChanged: _exam_changed,
        ExamCancelled: _exam_cancelled,
        InstructorAssigned: _assigned,
        InstructorUnassigned: _unassigned,
    }
)
