"""Courses that became somebody's to learn or to teach, or did not."""

from datetime import datetime

from lms.events import enrollments, users
from notification.messages.courses import Assigned, CourseRequestRefused, Enrolled
from notification.rules.identities import source_id, source_of
from notification.service.courses import course_title
from notification.service.notifications import notify


def enrolled(event: enrollments.StudentEnrolled, now: datetime) -> None:
    message = Enrolled(course_id=event.course_id, course=course_title(event.course_id))
    notify(message, source_id(source_of(event)), [event.student_id], now)


def assigned(event: enrollments.InstructorAssigned, now: datetime) -> None:
    message = Assigned(course_id=event.course_id, course=course_title(event.course_id))
    notify(message, source_id(source_of(event)), [event.teacher_id], now)


def refused(event: users.CourseRequestRefused, now: datetime) -> None:
    """Says once of an import, a course and a reason that not everybody got in: a class may have hundreds of them."""
    message = CourseRequestRefused(course_id=event.course_id, course=course_title(event.course_id), reason=event.reason)
    source = f"{event.type} {event.import_id} {event.course_id} {event.reason}"
    notify(message, source_id(source), [event.requested_by], now)
