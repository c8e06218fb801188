"""Assignments that come with imported people."""

from datetime import datetime

from instructor.service.assignments import LeftBefore, TeacherDisabled, assign
from lms import roster
from lms.course_requests import refuse
from lms.etags import Precondition
from lms.events.users import CoursesRequested
from lms.refusals import CourseNotFound, TeacherNotFound


def assign_all(request: CoursesRequested, now: datetime) -> None:
    """Assigns an imported teacher to the courses asked for, and emits the refusals of the others.

    Repeated, it changes nothing: whoever was unassigned meanwhile stays so.
    """
    if roster.find_user(request.user_id) is None:
        # Erased meanwhile: there is nobody to assign, or to say something about.
        return
    for course_id in request.course_ids:
        try:
            assign(request.user_id, course_id, request.requested_by, Precondition(), now, may_return=False)
        except (TeacherNotFound, TeacherDisabled):
            refuse(request, course_id, "inactive", now)
        except CourseNotFound:
            refuse(request, course_id, "deleted", now)
        except LeftBefore:
            refuse(request, course_id, "left", now)
