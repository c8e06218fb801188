"""What the institute decided of students; student alone writes it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute

from lms.dynamo import Key, Transaction, TypedKey
from lms.roster.rows import CARD, Row

StudentStatus = Literal["active", "suspended", "graduated", "withdrawn"]
"""Only the active enrol and sit exams (`lms.access`)."""


@dataclass(frozen=True)
class Decision:
    """What the institute decided of a student."""

    status: StudentStatus


class DecisionRow(Row):
    value = Decision
    student_id = TypedKey("student_status", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    status = UnicodeAttribute()


def put_student_status(tx: Transaction, student_id: UUID, status: StudentStatus, *, version: int) -> None:
    """Writes what the institute decided of a student. `version` is their record's."""
    tx.put(DecisionRow(student_id, status=status, version=version))


def remove_student_status(tx: Transaction, student_id: UUID) -> None:
    """Removes what was decided of an erased student."""
    tx.delete(DecisionRow(student_id))


def require_active_student(tx: Transaction, student_id: UUID) -> None:
    """Lets the transaction commit only while a student is active for the institute; else it is `Stale`."""
    active = DecisionRow.status.does_not_exist() | (DecisionRow.status == "active")
    tx.check(*student_status_key(student_id), active)


def student_status_key(student_id: UUID) -> Key:
    """Where a student's `Decision` is, for `read_together`; those never given one have none, and are active."""
    return DecisionRow, student_id, CARD
