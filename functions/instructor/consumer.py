"""Events of teachers, courses and enrolments."""

from instructor.service import assignments, classes, people
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    CourseDeleted,
    EnrollmentEvent,
    StudentCompleted,
    StudentDropped,
    StudentEnrolled,
    UserErased,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
)


def _teacher(event: UserRegistered | UserProvisioned | UserProfileUpdated, _: Envelope) -> None:
    if event.is_type == "teacher":
        people.note(event.user_id, event.person, event.version, now())


def _erased(event: UserErased, _: Envelope) -> None:
    assignments.forget(event.user_id, event.version, now())


def _course_deleted(event: CourseDeleted, _: Envelope) -> None:
    assignments.end_course(event.course_id, now())


def _sits(event: EnrollmentEvent, _: Envelope) -> None:
    classes.count(event.course_id, event.student_id, event.version, active=True)


def _left(event: EnrollmentEvent, _: Envelope) -> None:
    classes.count(event.course_id, event.student_id, event.version, active=False)


handler = KafkaConsumer(
    {
        UserRegistered: _teacher,
        UserProvisioned: _teacher,
        UserProfileUpdated: _teacher,
        UserErased: _erased,
        CourseDeleted: _course_deleted,
        StudentEnrolled: _sits,
        StudentCompleted: _left,
        StudentDropped: _left,
    }
)
