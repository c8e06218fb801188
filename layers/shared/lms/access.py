"""Who may do what in a course: the caller's role, and the Roster."""

from typing import Literal
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.refusals import NotCourseMember, NotCourseTeacher, NotInGoodStanding

CourseAccess = Literal["teacher", "member"]


def teaches_or_manages(caller: Caller, course_id: UUID) -> bool:
    """Whether the caller is an administrator or a teacher of the course."""
    return caller.role == "admin" or (caller.role == "teacher" and roster.teaches(caller.id, course_id))


def is_enrolled(caller: Caller, course_id: UUID) -> bool:
    """Whether the caller is a student with an active or completed enrolment in the course."""
    return caller.role == "student" and roster.enrollment_of(caller.id, course_id) in roster.ENROLLED


def require_teaching(caller: Caller, course_id: UUID) -> None:
    """Raises `NotCourseTeacher` unless the caller is an administrator or a teacher of the course, existing or not."""
    if not teaches_or_manages(caller, course_id):
        raise NotCourseTeacher


def require_belonging(caller: Caller, course_id: UUID) -> None:
    """As `require_teaching`, but lets enrolled students pass too; raises `NotCourseMember`."""
    if not (teaches_or_manages(caller, course_id) or is_enrolled(caller, course_id)):
        raise NotCourseMember


def course_access(caller: Caller, membership: roster.Membership | None) -> CourseAccess | None:
    """How a caller stands to a course whose membership of theirs is known; administrators stand as its teachers."""
    if caller.role == "admin":
        return "teacher"
    if membership is None or membership.status not in roster.ENROLLED:
        return None
    return "teacher" if caller.role == "teacher" else "member"


def is_in_good_standing(decision: roster.Decision | None) -> bool:
    """Whether a student may enrol, start attempts and submit; the decision is at `roster.student_status_key`."""
    return decision is None or decision.status == "active"


def require_good_standing(decision: roster.Decision | None) -> None:
    """Raises `NotInGoodStanding` for a student who is suspended, or has withdrawn or graduated."""
    if not is_in_good_standing(decision):
        raise NotInGoodStanding
