"""Events of teachers, courses, enrolments and exams."""

from instructor.service import assignments, classes, course_requests, export, teachers
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.courses import CourseDeleted
from lms.events.enrollments import EnrollmentEvent, StudentCompleted, StudentDropped, StudentEnrolled
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled, ExamState, MarkingChanged
from lms.events.exports import ExportRequested
from lms.events.users import CoursesRequested, UserErased, UserProfileUpdated, UserProvisioned, UserRegistered


def _user(event: UserRegistered | UserProvisioned | UserProfileUpdated, _: Envelope) -> None:
    if event.role == "teacher":
        teachers.update_person(event.user_id, event.person, event.version, now())
    elif isinstance(event, UserProfileUpdated):
        teachers.end(event.user_id, event.version, now())


def _erased(event: UserErased, _: Envelope) -> None:
    assignments.erase(event.user_id, event.version, now())


def _courses_requested(event: CoursesRequested, _: Envelope) -> None:
    if event.role == "teacher":
        course_requests.assign_all(event, now())


def _course_deleted(event: CourseDeleted, _: Envelope) -> None:
    assignments.end_course(event.course_id, now())


def _active(event: EnrollmentEvent, _: Envelope) -> None:
    classes.count(event.course_id, event.student_id, event.version, active=True)


def _not_active(event: EnrollmentEvent, _: Envelope) -> None:
    classes.count(event.course_id, event.student_id, event.version, active=False)


def _exam(event: ExamState | ExamCancelled, _: Envelope) -> None:
    classes.record_exam(event)


def _marking(event: MarkingChanged, _: Envelope) -> None:
    classes.count_marking(event)


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


handler = KafkaConsumer(
    {
        UserRegistered: _user,
        UserProvisioned: _user,
        UserProfileUpdated: _user,
        ExportRequested: _export,
        UserErased: _erased,
        CoursesRequested: _courses_requested,
        CourseDeleted: _course_deleted,
        StudentEnrolled: _active,
        StudentCompleted: _not_active,
        StudentDropped: _not_active,
        ExamScheduled: _exam,
        ExamChanged: _exam,
        ExamCancelled: _exam,
        MarkingChanged: _marking,
    }
)
