"""Who belongs to a course: enrolments, which program alone writes, and assignments, which instructor alone writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Key, Transaction, TypedKey, UUIDAttribute, read_by_key
from lms.enrollment import ENROLLED, EnrollmentStatus
from lms.pages import PageRequest, Position, query_page
from lms.roster.rows import Row

Kind = Literal["student", "teacher"]


@dataclass(frozen=True)
class Membership:
    person_id: UUID
    course_id: UUID
    status: EnrollmentStatus


class ClassIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The members of a course by kind and status."""

    class Meta:
        index_name = "class"
        projection = AllProjection()

    membership = UnicodeAttribute(hash_key=True)
    person_id = UUIDAttribute(range_key=True)


class EnrollmentRow(Row):
    value = Membership
    student_id = TypedKey("student", UUID, hash_key=True, attr_name="owner")
    course_id = TypedKey("course", UUID, range_key=True, attr_name="item")
    person_id = UUIDAttribute()
    membership = UnicodeAttribute()
    status = UnicodeAttribute()
    class_index = ClassIndex()


class AssignmentRow(Row):
    value = Membership
    teacher_id = TypedKey("teacher", UUID, hash_key=True, attr_name="owner")
    course_id = TypedKey("course", UUID, range_key=True, attr_name="item")
    person_id = UUIDAttribute()
    membership = UnicodeAttribute()
    status = UnicodeAttribute()
    class_index = ClassIndex()


_ROWS: dict[Kind, type[EnrollmentRow | AssignmentRow]] = {"student": EnrollmentRow, "teacher": AssignmentRow}


def put_enrollment(
    tx: Transaction, student_id: UUID, course_id: UUID, status: EnrollmentStatus, *, version: int
) -> None:
    """Writes a student's membership of a course. `version` is the enrolment's."""
    _put(tx, "student", student_id, course_id, status, version)


def put_assignment(tx: Transaction, teacher_id: UUID, course_id: UUID, *, version: int) -> None:
    """Makes somebody a teacher of a course. `version` is the assignment's."""
    _put(tx, "teacher", teacher_id, course_id, "active", version)


def _put(tx: Transaction, kind: Kind, person_id: UUID, course_id: UUID, status: EnrollmentStatus, version: int) -> None:
    membership = _class(course_id, kind, status)
    tx.put(
        _ROWS[kind](person_id, course_id, person_id=person_id, membership=membership, status=status, version=version)
    )


def remove_assignment(tx: Transaction, teacher_id: UUID, course_id: UUID) -> None:
    tx.delete(AssignmentRow(teacher_id, course_id))


def enrollment_of(student_id: UUID, course_id: UUID) -> EnrollmentStatus | None:
    """How a student belongs to a course, None when they never did."""
    return enrollments_of([student_id], course_id).get(student_id)


def enrollments_of(student_ids: Iterable[UUID], course_id: UUID) -> dict[UUID, EnrollmentStatus]:
    """How students belong to a course, by id, in one read for each 100; those who never did are left out."""
    found = read_by_key(membership_key("student", student_id, course_id) for student_id in student_ids)
    return {membership.person_id: membership.status for membership in found.values()}


def teaches(teacher_id: UUID, course_id: UUID) -> bool:
    """Whether a teacher is assigned to a course now."""
    return bool(read_by_key([membership_key("teacher", teacher_id, course_id)]))


def courses_of(kind: Kind, user_id: UUID) -> list[Membership]:
    """All memberships of one person, dropped enrolments included: a person's own, so few enough for one read."""
    return cast(list[Membership], list(_ROWS[kind].query(user_id, consistent_read=True)))


def class_of(
    course_ids: Sequence[UUID], kind: Kind, statuses: Sequence[EnrollmentStatus], paging: PageRequest
) -> tuple[list[Membership], Position | None]:
    """A page of the members of these statuses of one course after the other."""
    partitions = [_class(course_id, kind, status) for course_id in course_ids for status in statuses]
    return query_page(_ROWS[kind].class_index, partitions, paging)


def students_after(course_id: UUID, status: EnrollmentStatus, after: UUID | None, limit: int) -> list[UUID]:
    """The next students of a course behind `after` (None: the first), for walks through a whole class."""
    behind = ClassIndex.person_id > after if after is not None else None
    found = EnrollmentRow.class_index.query(_class(course_id, "student", status), behind, limit=limit)
    return [membership.person_id for membership in found]


def count_class(course_id: UUID) -> int:
    """How many students a course has; reads nothing of them."""
    return sum(EnrollmentRow.class_index.count(_class(course_id, "student", status)) for status in ENROLLED)


def teachers_of(course_id: UUID) -> list[UUID]:
    """All teachers of a course: few."""
    found = AssignmentRow.class_index.query(_class(course_id, "teacher", "active"))
    return [membership.person_id for membership in found]


def membership_key(kind: Kind, person_id: UUID, course_id: UUID) -> Key:
    """Where a membership is, for `read_together`."""
    return _ROWS[kind], person_id, course_id


def _class(course_id: UUID, kind: Kind, status: str) -> str:
    return f"{course_id}#{kind}#{status}"
