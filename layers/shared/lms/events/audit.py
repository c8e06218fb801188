"""The audit trail. Emitted by whoever changes something, through `lms.audit`."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from lms.events import Event

AuditAction = Literal[
    "account.changed",
    "account.created",
    "account.disabled",
    "account.enabled",
    "account.erased",
    "attempt.marked",
    "attempt.reopened",
    "course.assigned",
    "course.unassigned",
    "enrollment.changed",
    "exam.regraded",
    "export.requested",
    "grade.overridden",
    "result.recorded",
    "results.released",
    "settings.changed",
    "student.changed",
    "term.changed",
    "term.created",
    "term.deleted",
    "voucher.cancelled",
    "voucher.confirmed",
    "voucher.issued",
]
"""What the audit trail records."""


class Audited(Event):
    """Somebody changed a grade, a right, money or a setting. Emitted by `lms.audit` alone; `version` is always 1.

    `about` has the ids of what was changed and of whom, by kind; `before` and `after` hold no personal data.
    """

    type: ClassVar[str] = "lms.change.audited.v1"
    topic: ClassVar[str] = "lms.audit"
    audit_id: UUID
    at: datetime
    service: str
    actor_id: UUID | None
    action: AuditAction
    about: dict[str, str]
    before: dict[str, Any] = Field(default={})
    after: dict[str, Any] = Field(default={})
    reason: str | None = None

    @property
    def subject(self) -> str:
        return f"audit#{self.audit_id}"
