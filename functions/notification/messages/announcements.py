"""Messages that a teacher or an administrator wrote: all are worded alike, each is switched off with another group."""

from typing import ClassVar
from uuid import UUID

from notification.messages.message import Line, Message
from notification.rules.preferences import Group


class _Written(Message):
    subject: Line | None = None
    message: str
    course_id: UUID | None = None
    course: Line | None = None

    @property
    def section(self) -> str:
        return "written"

    @property
    def variant(self) -> str:
        if self.subject:
            return "with_subject"
        return "about_course" if self.course else ""

    @property
    def path(self) -> str:
        return f"/app/courses/{self.course_id}" if self.course_id else "/app/notifications"


class Announcement(_Written):
    kind = "announcement"
    group: ClassVar[Group | None] = "announcement"


class CourseUpdate(_Written):
    kind = "course_update"
    group: ClassVar[Group | None] = "course"


class ExamUpdate(_Written):
    kind = "exam"
    group: ClassVar[Group | None] = "exam"


class Deadline(_Written):
    kind = "deadline"
    group: ClassVar[Group | None] = "course"
