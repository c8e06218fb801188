"""Courses that became somebody's to learn or to teach."""

from datetime import datetime

from lms.events import InstructorAssigned, StudentEnrolled
from notification.messages.courses import Assigned, Enrolled
from notification.rules.identities import source_id, source_of
from notification.service.courses import course_title
from notification.service.notifications import notify


def enrolled(event: StudentEnrolled, now: datetime) -> None:
    message = Enrolled(course_id=event.course_id, course=course_title(event.course_id))
    notify(message, source_id(source_of(event)), [event.student_id], now)


def assigned(event: InstructorAssigned, now: datetime) -> None:
    message = Assigned(course_id=event.course_id, course=course_title(event.course_id))
    notify(message, source_id(source_of(event)), [event.teacher_id], now)
