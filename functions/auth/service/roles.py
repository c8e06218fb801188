"""What stands in the way of another role: courses that a person learns or teaches in."""

from datetime import datetime, timedelta

from auth.tables import User
from lms import roster
from lms.dynamo import transaction
from lms.errors import Conflict

# Longer than a request can take, so that nobody joins a course under it.
_CLOSED = timedelta(seconds=60)


class StillEnrolled(Conflict):
    code = "still-enrolled"
    detail = "The student has active enrolments. End them first."


class StillTeaching(Conflict):
    code = "still-teaching"
    detail = "The teacher has courses. End the assignments first."


def leave(user: User, now: datetime) -> None:
    """Keeps a user out of further courses until their card is written again, and makes sure that they are in none.

    First closed, then looked at: a course that they join at this moment is either seen here or refuses them. Raises
    `StillEnrolled` and `StillTeaching`.
    """
    if user.role == "admin":
        return
    _require_no_courses(user)
    with transaction() as tx:
        roster.close_user(tx, user.id, user.role, now + _CLOSED)
    _require_no_courses(user)


def _require_no_courses(user: User) -> None:
    kind: roster.Kind = "student" if user.role == "student" else "teacher"
    if any(membership.status == "active" for membership in roster.courses_of(kind, user.id)):
        raise StillEnrolled if kind == "student" else StillTeaching
