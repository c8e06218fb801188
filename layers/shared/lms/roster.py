"""The Roster: what every service may know of people, courses and who belongs to which, written by the owners of the
facts in their own transactions, so that an answered 201 holds everywhere at once.

| owner | item | written by |
| --- | --- | --- |
| `user#<id>` | `card` | auth |
| `course#<id>` | `card` | program |
| `student#<user id>` | `course#<course id>` | program: enrolments |
| `teacher#<user id>` | `course#<course id>` | instructor: assignments |

IAM limits each writer to its own prefixes.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, cast
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Table, Transaction, UUIDAttribute, table_name
from lms.pages import Listing, Position, walk
from lms.settings import setting

EnrollmentStatus = Literal["active", "completed", "dropped"]
_CARD = "card"


class ClassIndex(GlobalSecondaryIndex["RosterItem"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    """The members of a course by kind and status; only memberships are in it."""

    class Meta:
        index_name = "class"
        projection = AllProjection()

    membership = UnicodeAttribute(hash_key=True)
    person_id = UUIDAttribute(range_key=True)


class RosterItem(Table):
    class Meta:
        table_name = table_name("roster")
        region = setting("AWS_REGION")

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    status = UnicodeAttribute(null=True)
    version = NumberAttribute()
    # User cards.
    role = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    roll_no = UnicodeAttribute(null=True)
    # Course cards.
    title = UnicodeAttribute(null=True)
    program_id = UUIDAttribute(null=True)
    program_title = UnicodeAttribute(null=True)
    requires_payment = BooleanAttribute(null=True)
    # Memberships.
    membership = UnicodeAttribute(null=True)
    person_id = UUIDAttribute(null=True)
    course_id = UUIDAttribute(null=True)
    class_index = ClassIndex()


def put_user(
    tx: Transaction,
    user_id: UUID,
    *,
    role: str,
    status: str,
    name: str,
    email: str,
    roll_no: str | None,
    version: int,
) -> None:
    """Writes a user's card; auth alone may. `version` is the user's own."""
    tx.put(
        RosterItem(
            owner=_user(user_id),
            item=_CARD,
            role=role,
            status=status,
            name=name,
            email=email,
            roll_no=roll_no,
            version=version,
        )
    )


def remove_user(tx: Transaction, user_id: UUID) -> None:
    """Removes the card of an erased user; auth alone may."""
    tx.delete(RosterItem(owner=_user(user_id), item=_CARD))


def find_user(user_id: UUID) -> RosterItem | None:
    """The card of a user, None for one that does not exist or was erased."""
    return _find(_user(user_id), _CARD)


def find_users(user_ids: Sequence[UUID]) -> dict[UUID, RosterItem]:
    """The cards of up to 100 users by id, in one read; those that do not exist are left out."""
    cards = _find_many((_user(user_id), _CARD) for user_id in user_ids)
    return {UUID(card.owner.removeprefix("user#")): card for card in cards}


def put_course(
    tx: Transaction,
    course_id: UUID,
    *,
    title: str,
    program_id: UUID,
    program_title: str,
    requires_payment: bool,
    version: int,
) -> None:
    """Writes a course's card; program alone may. `version` is the course's own."""
    tx.put(
        RosterItem(
            owner=_course(course_id),
            item=_CARD,
            title=title,
            program_id=program_id,
            program_title=program_title,
            requires_payment=requires_payment,
            version=version,
        )
    )


def remove_course(tx: Transaction, course_id: UUID) -> None:
    """Removes the card of a deleted course; program alone may."""
    tx.delete(RosterItem(owner=_course(course_id), item=_CARD))


def require_course_exists(tx: Transaction, course_id: UUID, refuse: Exception) -> None:
    """Lets the transaction commit only while the course exists."""
    tx.check(RosterItem, _course(course_id), _CARD, RosterItem.version.exists(), refuse=refuse)


def find_course(course_id: UUID) -> RosterItem | None:
    """The card of a course, None for one that does not exist."""
    return _find(_course(course_id), _CARD)


def find_courses(course_ids: Sequence[UUID]) -> dict[UUID, RosterItem]:
    """The cards of up to 100 courses by id, in one read; those that do not exist are left out."""
    cards = _find_many((_course(course_id), _CARD) for course_id in course_ids)
    return {UUID(card.owner.removeprefix("course#")): card for card in cards}


def put_enrollment(
    tx: Transaction, student_id: UUID, course_id: UUID, status: EnrollmentStatus, *, version: int
) -> None:
    """Writes a student's membership of a course; program alone may. `version` is the enrolment's."""
    tx.put(_membership("student", student_id, course_id, status, version))


def put_assignment(tx: Transaction, teacher_id: UUID, course_id: UUID, *, version: int) -> None:
    """Makes somebody a teacher of a course; instructor alone may. `version` is the assignment's."""
    tx.put(_membership("teacher", teacher_id, course_id, "active", version))


def remove_assignment(tx: Transaction, teacher_id: UUID, course_id: UUID) -> None:
    """Ends an assignment; instructor alone may."""
    tx.delete(RosterItem(owner=f"teacher#{teacher_id}", item=_course(course_id)))


def enrollment_of(student_id: UUID, course_id: UUID) -> EnrollmentStatus | None:
    """How a student belongs to a course, None when they never did."""
    found = _find(f"student#{student_id}", _course(course_id))
    return cast(EnrollmentStatus, found.status) if found else None


def teaches(teacher_id: UUID, course_id: UUID) -> bool:
    """Whether a teacher is assigned to a course now."""
    return _find(f"teacher#{teacher_id}", _course(course_id)) is not None


def courses_of(owner_kind: Literal["student", "teacher"], user_id: UUID) -> list[RosterItem]:
    """All memberships of one person, dropped enrolments included: a person's own, so few enough for one read."""
    return list(RosterItem.query(f"{owner_kind}#{user_id}", consistent_read=True))


def class_of(
    course_id: UUID, kind: Literal["student", "teacher"], statuses: Sequence[EnrollmentStatus], listing: Listing
) -> tuple[list[RosterItem], Position | None]:
    """A page of a course's members of these statuses."""
    partitions = [_class(course_id, kind, status) for status in statuses]
    return walk(RosterItem.class_index, partitions, listing)


def _membership(
    kind: Literal["student", "teacher"], person_id: UUID, course_id: UUID, status: EnrollmentStatus, version: int
) -> RosterItem:
    return RosterItem(
        owner=f"{kind}#{person_id}",
        item=_course(course_id),
        status=status,
        membership=_class(course_id, kind, status),
        person_id=person_id,
        course_id=course_id,
        version=version,
    )


def _find(owner: str, item: str) -> RosterItem | None:
    return next(iter(_find_many([(owner, item)])), None)


def _find_many(keys: Iterable[tuple[str, str]]) -> list[RosterItem]:
    return list(RosterItem.batch_get(list(keys), consistent_read=True))


def _user(user_id: UUID) -> str:
    return f"user#{user_id}"


def _course(course_id: UUID) -> str:
    return f"course#{course_id}"


def _class(course_id: UUID, kind: str, status: str) -> str:
    return f"{course_id}#{kind}#{status}"
