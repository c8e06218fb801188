"""The courses that a list of imported people names, and what is asked for because of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from auth.tables import RequestedCourses, User
from lms import roster
from lms.callers import Role
from lms.dynamo import Key, Transaction, read_by_key
from lms.errors import Conflict
from lms.events.users import CourseRequestRefused, CoursesRequested
from lms.outbox import emit


class UnknownCourse(Conflict):
    code = "unknown-course"
    detail = "There is no course {name}."


class SeveralCourses(Conflict):
    code = "several-courses"
    detail = "Several courses are called {name}. Give the id of one."


class NoCoursesForRole(Conflict):
    code = "no-courses-for-role"
    detail = "Only students and teachers belong to courses."


@dataclass(frozen=True)
class Request:
    """An import: what it is called, by whom and when it was sent."""

    import_id: UUID
    admin_id: UUID
    now: datetime


@dataclass(frozen=True)
class Courses:
    """The courses of a list by the names it has for them, and by user those not to be asked for (again)."""

    named: Mapping[str, Sequence[roster.Course]]
    had: Mapping[UUID, frozenset[UUID]]

    def of(self, names: Iterable[str], role: Role, user_id: UUID | None = None) -> list[roster.Course]:
        """The courses to ask for; raises `NoCoursesForRole`, `UnknownCourse`, `SeveralCourses`."""
        found: dict[UUID, roster.Course] = {}
        for name in names:
            if role == "admin":
                raise NoCoursesForRole
            courses = self.named[name]
            if not courses:
                raise UnknownCourse(name=name[:200])
            if len(courses) > 1:
                raise SeveralCourses(name=name[:200])
            found[courses[0].id] = courses[0]
        had = self.had.get(user_id, frozenset()) if user_id else frozenset()
        return [course for course_id, course in found.items() if course_id not in had]


def look_up(names: Iterable[str], users: Mapping[UUID, tuple[User, Sequence[str]]]) -> Courses:
    """The courses of a list that are there now; `users` are those who have an account, with the names in their rows."""
    ids = {name: _as_id(name) for name in dict.fromkeys(names)}
    by_title = roster.find_courses_by_title(name for name, course_id in ids.items() if course_id is None)
    wanted = {name: {course_id} if course_id else by_title.get(name, set()) for name, course_id in ids.items()}
    known = roster.find_courses(course_id for course_ids in wanted.values() for course_id in course_ids)
    named = {
        name: [known[course_id] for course_id in course_ids if course_id in known]
        for name, course_ids in wanted.items()
    }
    return Courses(named, _had(named, users))


def _had(
    named: Mapping[str, Sequence[roster.Course]], users: Mapping[UUID, tuple[User, Sequence[str]]]
) -> dict[UUID, frozenset[UUID]]:
    """The courses to which users belong or belonged, and those that an earlier import asked for."""
    memberships: dict[Key, tuple[UUID, UUID]] = {}
    requested: dict[Key, UUID] = {}
    for user_id, (user, names) in users.items():
        if not names or user.role == "admin":
            continue
        requested[RequestedCourses, user_id, None] = user_id
        kind = cast(roster.Kind, user.role)
        for course in (course for name in names for course in named[name]):
            memberships[roster.membership_key(kind, user_id, course.id)] = user_id, course.id
    had: dict[UUID, set[UUID]] = {user_id: set() for user_id in requested.values()}
    for key, row in read_by_key([*requested, *memberships]).items():
        if key in memberships:
            user_id, course_id = memberships[key]
            had[user_id].add(course_id)
        else:
            had[requested[key]] |= {UUID(course_id) for course_id in row.course_ids or ()}
    return {user_id: frozenset(course_ids) for user_id, course_ids in had.items()}


def ask(tx: Transaction, user_id: UUID, role: Role, courses: Sequence[roster.Course], request: Request) -> None:
    """Adds to the transaction that a user is to be in courses; program or instructor sees to it."""
    if not courses:
        return
    course_ids = tuple(course.id for course in courses)
    tx.update(
        RequestedCourses(user_id), [RequestedCourses.course_ids.add({str(course_id) for course_id in course_ids})]
    )
    asked = CoursesRequested(
        version=1,
        import_id=request.import_id,
        user_id=user_id,
        role=role,
        course_ids=course_ids,
        requested_by=request.admin_id,
    )
    emit(tx, asked, request.now)


def allow_again(refusal: CourseRequestRefused) -> None:
    """Lets the next import ask again for a course that was refused, unless the person left it of old."""
    if refusal.reason != "left":
        RequestedCourses(refusal.user_id).update_if(
            RequestedCourses.user_id.exists(), [RequestedCourses.course_ids.delete({str(refusal.course_id)})]
        )


def requested_by_imports(user_id: UUID) -> list[str]:
    """The ids of the courses that imports asked for, for a user."""
    found = RequestedCourses.find(user_id)
    return sorted(found.course_ids or ()) if found else []


def forget(tx: Transaction, user_id: UUID) -> None:
    """Adds to the transaction that ends a user that nothing was asked for."""
    tx.delete(RequestedCourses(user_id))


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
