"""Enrolments that come with imported people."""

from datetime import datetime
from uuid import UUID

from lms import roster
from lms.course_requests import refuse
from lms.errors import Problem
from lms.events.users import CourseRefusal, CoursesRequested
from lms.refusals import CourseNotFound, NotInGoodStanding
from program import rules
from program.service.enrollments import enroll_all

_REASONS: dict[type[Problem], CourseRefusal | None] = {
    rules.UnknownStudent: "inactive",
    NotInGoodStanding: "standing",
    rules.AlreadyEnrolled: None,
    rules.LeftBefore: "left",
    rules.EnrollmentClosed: "closed",
    rules.CourseFull: "full",
    rules.CourseUnpaid: "unpaid",
    CourseNotFound: "deleted",
}


def enroll(request: CoursesRequested, now: datetime) -> None:
    """Enrols an imported student in the courses asked for, and emits the refusals of the others.

    Repeated, it changes nothing: whoever dropped a course meanwhile stays out.
    """
    if roster.find_user(request.user_id) is None:
        # Erased meanwhile: there is nobody to enrol, or to say something about.
        return
    for course_id in request.course_ids:
        problem = _enroll(request, course_id, now)
        if problem and (reason := _REASONS[type(problem)]):
            refuse(request, course_id, reason, now)


def _enroll(request: CoursesRequested, course_id: UUID, now: datetime) -> Problem | None:
    try:
        [answer] = enroll_all(course_id, [request.user_id], request.requested_by, now, may_return=False)
    except CourseNotFound as problem:
        return problem
    return answer if isinstance(answer, Problem) else None
