"""Messages about a course. Its title is unknown where the course has none yet."""

from typing import ClassVar
from uuid import UUID

from lms.events.users import CourseRefusal
from notification.messages.message import Line, Message, Titles
from notification.rules.preferences import Group


class _AboutCourse(Message):
    group: ClassVar[Group | None] = "course"
    course_id: UUID
    course: Line | None

    @property
    def path(self) -> str:
        return f"/app/courses/{self.course_id}"


class Enrolled(_AboutCourse):
    kind = "enrolled"


class Assigned(_AboutCourse):
    """Goes to the teacher."""

    kind = "assigned"

    @property
    def path(self) -> str:
        return f"/app/teach/courses/{self.course_id}"


class CourseRequestRefused(_AboutCourse):
    """Goes to the administrator who imported people: not all of them got into the course."""

    kind = "course_request_refused"
    reason: CourseRefusal

    @property
    def variant(self) -> str:
        return self.reason

    @property
    def path(self) -> str:
        return f"/app/admin/courses/{self.course_id}"


class NewMaterial(_AboutCourse):
    kind = "new_material"
    lessons: Titles
