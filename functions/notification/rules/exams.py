"""An exam as its class knows it: what they were written of it last."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.events.exams import ExamState
from notification.rules.identities import source_of


class AnnouncedExam(BaseModel):
    """`announced_as` (a kind of message) and `announced_by` (its source) are how the class heard of its times.

    Of one that was withdrawn, they hear at `cancelled_at` that it is off, by the message of `cancelled_by`.
    """

    model_config = ConfigDict(frozen=True)

    exam_id: UUID
    exam: str
    course_id: UUID | None = None
    course: str | None
    opens_at: datetime
    closes_at: datetime
    status: Literal["published", "withdrawn", "cancelled"] = "published"
    version: int
    announced_as: Literal["exam_scheduled", "exam_moved"] | None = None
    announced_by: str = ""
    cancelled_at: datetime | None = None
    cancelled_by: str = ""

    @classmethod
    def published(
        cls, event: ExamState, course: str | None, before: "AnnouncedExam | None", now: datetime, *, is_news: bool
    ) -> "AnnouncedExam":
        """The exam of an event. Where the class expects it at these times already, they know it as they did before."""
        exam = cls(
            exam_id=event.exam_id,
            exam=event.title,
            course_id=event.course_id,
            course=course,
            opens_at=event.opens_at,
            closes_at=event.closes_at,
            version=event.version,
        )
        expected = before is not None and before.is_expected(now)
        if before is not None and expected and before.times == exam.times:
            known = {"announced_as": before.announced_as, "announced_by": before.announced_by}
            return exam.model_copy(update=known)
        if not is_news:
            return exam
        kind = "exam_moved" if expected else "exam_scheduled"
        return exam.model_copy(update={"announced_as": kind, "announced_by": source_of(event)})

    def withdrawn(self, version: int, *, source: str, cancelled_at: datetime) -> "AnnouncedExam":
        return self.model_copy(
            update={
                "status": "withdrawn",
                "version": version,
                "cancelled_by": source,
                "cancelled_at": cancelled_at,
            }
        )

    def cancelled(self) -> "AnnouncedExam":
        return self.model_copy(update={"status": "cancelled"})

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.opens_at, self.closes_at

    @property
    def state(self) -> str:
        """What messages about it depend on: they go out only while it is the same."""
        match self.status:
            case "published":
                return f"{self.opens_at.isoformat()} {self.closes_at.isoformat()}"
            case "withdrawn":
                return f"withdrawn {self.version}"
            case _:
                return self.status

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of messages about it."""
        names = ("exam_id", "exam", "course_id", "course", "opens_at", "closes_at")
        return {name: getattr(self, name) for name in names}

    def is_expected(self, now: datetime) -> bool:
        """Whether the class expects it at its times."""
        if self.status == "withdrawn":
            return self.cancelled_at is not None and self.cancelled_at > now
        return self.status == "published"
