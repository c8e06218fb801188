"""The Roster: what every service may know of people, courses and who belongs to which, written by the owners of the
facts in their own transactions, so that an answered 201 holds everywhere at once.

| owner | item | written by |
| --- | --- | --- |
| `user#<id>` | `card`; `profile`: what only the person and administrators see of it | auth |
| `email#<address>`, `roll#<number>` | `card`: whose it is, and of an address whether it is confirmed | auth |
| `program#<id>`, `course#<id>` | `card` | program |
| `courses#all` | `course#<id>`: every course that ever was | program |
| `student#<user id>` | `course#<course id>` | program: enrolments |
| `teacher#<user id>` | `course#<course id>` | instructor: assignments |
| `student_status#<user id>` | `card`: only of those whom the institute gave one | student |
| `institute#settings` | `card` (read through `lms.institute`) | institute |

IAM limits each writer to its own prefixes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms.dynamo import Key, Table, Transaction, UUIDAttribute, table_name
from lms.etags import ObjectChanged
from lms.pages import PageRequest, Position, query_page
from lms.settings import setting
from lms.texts import address_key

EnrollmentStatus = Literal["active", "completed", "dropped"]
ENROLLED: tuple[EnrollmentStatus, ...] = ("active", "completed")
"""Who counts as a student of a course: whoever learns or has learned there. Active first, so that a walk through both
meets who completes the course meanwhile at least once."""
StudentStatus = Literal["active", "suspended", "graduated", "withdrawn"]
"""What the institute decides of a student; only the active enrol and sit exams (`lms.access`)."""
_CARD, _PROFILE = "card", "profile"
_COURSES = "courses#all"
_INSTITUTE = "institute#settings"


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
    # Profiles.
    mobile_number = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    additional_details = JSONAttribute(null=True)
    # E-mail addresses.
    confirmed = BooleanAttribute(null=True)
    # Program and course cards.
    title = UnicodeAttribute(null=True)
    program_id = UUIDAttribute(null=True)
    requires_payment = BooleanAttribute(null=True)
    # The institute.
    settings = JSONAttribute(null=True)
    # Memberships; `person_id` also of e-mail addresses and roll numbers.
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
    email_confirmed: bool,
    roll_no: str | None,
    version: int,
    previous_email: str | None = None,
    if_version: int | None = None,
) -> None:
    """Writes a user's card, and whose the e-mail address and the roll number are; auth alone may.

    `email_confirmed`: the address leads to the person (`find_by_name`). `version` is the user's own; `previous_email`
    is set when the address changes; with `if_version` a card of another version is `PreconditionFailed`.
    """
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
        ),
        RosterItem.version == if_version if if_version is not None else None,
        refuse=ObjectChanged(),
    )
    _put_address(tx, user_id, email, confirmed=email_confirmed, version=version)
    if roll_no:
        tx.put(RosterItem(owner=_roll_no(roll_no), item=_CARD, person_id=user_id, version=version))
    if previous_email is not None and _email(previous_email) != _email(email):
        tx.delete(RosterItem(owner=_email(previous_email), item=_CARD))


def put_profile(
    tx: Transaction,
    user_id: UUID,
    *,
    mobile_number: str | None,
    city: str | None,
    country: str | None,
    additional_details: dict[str, Any],
    version: int,
) -> None:
    """Writes what else a user's profile holds; auth alone may. `version` is the user's own."""
    tx.put(
        RosterItem(
            owner=_user(user_id),
            item=_PROFILE,
            mobile_number=mobile_number,
            city=city,
            country=country,
            additional_details=additional_details,
            version=version,
        )
    )


def confirm_email(tx: Transaction, user_id: UUID, email: str, *, version: int) -> None:
    """Lets an address lead to its owner, who has shown that it is theirs; auth alone may."""
    _put_address(tx, user_id, email, confirmed=True, version=version)


def _put_address(tx: Transaction, user_id: UUID, email: str, *, confirmed: bool, version: int) -> None:
    tx.put(RosterItem(owner=_email(email), item=_CARD, person_id=user_id, confirmed=confirmed, version=version))


def remove_user(tx: Transaction, user_id: UUID, *, email: str, roll_no: str | None) -> None:
    """Removes all that is known of an erased user; auth alone may."""
    tx.delete(RosterItem(owner=_user(user_id), item=_PROFILE))
    for owner in (_user(user_id), *_names(email, roll_no)):
        tx.delete(RosterItem(owner=owner, item=_CARD))


def require_user(tx: Transaction, card: RosterItem) -> None:
    """Lets the transaction commit only while a user exists in the role that was read and was not disabled since.

    Else it is `Stale`. Other changes, such as being provisioned, do not matter: many happen while a class is enrolled.
    """
    same = RosterItem.role == card.role
    if card.status != "disabled":
        same &= RosterItem.status != "disabled"
    tx.check(RosterItem, card.owner, _CARD, same)


def require_exists(tx: Transaction, user_id: UUID, refuse: Exception | None = None) -> None:
    """Lets the transaction commit only while a user is not erased; else it is refused, by default as `Stale`."""
    tx.check(RosterItem, _user(user_id), _CARD, RosterItem.owner.exists(), refuse=refuse)


def put_student_status(tx: Transaction, student_id: UUID, status: StudentStatus, *, version: int) -> None:
    """Writes what the institute decided of a student; student alone may. `version` is their record's."""
    tx.put(RosterItem(owner=_student_status(student_id), item=_CARD, status=status, version=version))


def remove_student_status(tx: Transaction, student_id: UUID) -> None:
    """Removes what was decided of an erased student; student alone may."""
    tx.delete(RosterItem(owner=_student_status(student_id), item=_CARD))


def require_active_student(tx: Transaction, student_id: UUID) -> None:
    """Lets the transaction commit only while a student is active for the institute; else it is `Stale`."""
    active = RosterItem.status.does_not_exist() | (RosterItem.status == "active")
    tx.check(RosterItem, _student_status(student_id), _CARD, active)


def put_institute(tx: Transaction, settings: dict[str, Any], *, version: int) -> None:
    """Writes the institute's settings; institute alone may. `version` is theirs."""
    tx.put(RosterItem(owner=_INSTITUTE, item=_CARD, settings=settings, version=version))


def find_institute() -> RosterItem | None:
    """The institute's settings, None while nobody has set any; `lms.institute` keeps them for a minute."""
    return RosterItem.find(_INSTITUTE, _CARD)


def find_user(user_id: UUID) -> RosterItem | None:
    """The card of a user, None for one that does not exist or was erased."""
    return _find(_user(user_id), _CARD)


def find_users(user_ids: Iterable[UUID]) -> dict[UUID, RosterItem]:
    """The cards of users by id, in one read for each 100; those that do not exist are left out."""
    cards = _find_many((_user(user_id), _CARD) for user_id in user_ids)
    return {UUID(card.owner.removeprefix("user#")): card for card in cards}


def find_by_name(names: Iterable[str]) -> dict[str, UUID]:
    """Whose these e-mail addresses and roll numbers are, in one read for each 100.

    Unknown ones are left out, and addresses that nobody confirmed: a stranger may have registered with another's.
    """
    return {name: item.person_id for name, item in _find_names(names).items() if item.confirmed is not False}


def find_unconfirmed(names: Iterable[str]) -> set[str]:
    """Those of these e-mail addresses with which somebody registered, and which nobody confirmed."""
    return {name for name, item in _find_names(names).items() if item.confirmed is False}


def _find_names(names: Iterable[str]) -> dict[str, RosterItem]:
    owners = {name: _email(name) if "@" in name else _roll_no(name) for name in names}
    found = {item.owner: item for item in _find_many((owner, _CARD) for owner in set(owners.values()))}
    return {name: found[owner] for name, owner in owners.items() if owner in found}


def put_program(tx: Transaction, program_id: UUID, *, title: str, version: int) -> None:
    """Writes a program's card; program alone may. `version` is the program's own."""
    tx.put(RosterItem(owner=_program(program_id), item=_CARD, title=title, version=version))


def remove_program(tx: Transaction, program_id: UUID) -> None:
    """Removes the card of a deleted program; program alone may."""
    tx.delete(RosterItem(owner=_program(program_id), item=_CARD))


def find_programs(program_ids: Iterable[UUID]) -> dict[UUID, RosterItem]:
    """The cards of programs by id, in one read for each 100; those that do not exist are left out."""
    cards = _find_many((_program(program_id), _CARD) for program_id in program_ids)
    return {UUID(card.owner.removeprefix("program#")): card for card in cards}


def put_course(
    tx: Transaction, course_id: UUID, *, title: str, program_id: UUID, requires_payment: bool, version: int
) -> None:
    """Writes a course's card; program alone may. `version` is the course's own."""
    tx.put(
        RosterItem(
            owner=_course(course_id),
            item=_CARD,
            title=title,
            program_id=program_id,
            requires_payment=requires_payment,
            version=version,
        )
    )
    _list_course(tx, course_id)


def remove_course(tx: Transaction, course_id: UUID) -> None:
    """Removes the card of a deleted course, which stays listed (`all_courses`); program alone may."""
    tx.delete(RosterItem(owner=_course(course_id), item=_CARD))
    _list_course(tx, course_id)


def _list_course(tx: Transaction, course_id: UUID) -> None:
    tx.put(RosterItem(owner=_COURSES, item=_course(course_id), version=1))


def all_courses(paging: PageRequest) -> tuple[list[UUID], Position | None]:
    """A page of every course that ever was, for walks through all that belongs to any."""
    listed, after = query_page(RosterItem, [_COURSES], paging, consistent_read=True)
    return [UUID(item.item.removeprefix("course#")) for item in listed], after


def require_course_exists(tx: Transaction, course_id: UUID, refuse: Exception) -> None:
    """Lets the transaction commit only while the course exists."""
    tx.check(RosterItem, _course(course_id), _CARD, RosterItem.version.exists(), refuse=refuse)


def find_course(course_id: UUID) -> RosterItem | None:
    """The card of a course, None for one that does not exist."""
    return _find(_course(course_id), _CARD)


def find_courses(course_ids: Iterable[UUID]) -> dict[UUID, RosterItem]:
    """The cards of courses by id, in one read for each 100; those that do not exist are left out."""
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


def enrollments_of(student_ids: Iterable[UUID], course_id: UUID) -> dict[UUID, EnrollmentStatus]:
    """How students belong to a course, by id, in one read for each 100; those who never did are left out."""
    found = _find_many((f"student#{student_id}", _course(course_id)) for student_id in student_ids)
    return {item.person_id: cast(EnrollmentStatus, item.status) for item in found}


def class_of(
    course_ids: Sequence[UUID],
    kind: Literal["student", "teacher"],
    statuses: Sequence[EnrollmentStatus],
    paging: PageRequest,
) -> tuple[list[RosterItem], Position | None]:
    """A page of the members of these statuses of one course after the other."""
    partitions = [_class(course_id, kind, status) for course_id in course_ids for status in statuses]
    return query_page(RosterItem.class_index, partitions, paging)


def students_after(course_id: UUID, status: EnrollmentStatus, after: UUID | None, limit: int) -> list[UUID]:
    """The next students of a course behind `after` (None: the first), for walks through a whole class."""
    behind = RosterItem.person_id > after if after is not None else None
    found = RosterItem.class_index.query(_class(course_id, "student", status), behind, limit=limit)
    return [item.person_id for item in found]


def count_class(course_id: UUID) -> int:
    """How many students a course has; reads nothing of them."""
    return sum(RosterItem.class_index.count(_class(course_id, "student", status)) for status in ENROLLED)


def teachers_of(course_id: UUID) -> list[UUID]:
    """All teachers of a course: few."""
    return [item.person_id for item in RosterItem.class_index.query(_class(course_id, "teacher", "active"))]


def user_key(user_id: UUID) -> Key:
    """Where a user's card is, for `read_together`."""
    return RosterItem, _user(user_id), _CARD


def profile_key(user_id: UUID) -> Key:
    """Where the rest of a user's profile is, for `read_together`."""
    return RosterItem, _user(user_id), _PROFILE


def student_status_key(student_id: UUID) -> Key:
    """Where a student's status is, for `read_together`; those never given one have none, and are active."""
    return RosterItem, _student_status(student_id), _CARD


def program_key(program_id: UUID) -> Key:
    """Where a program's card is, for `read_together`."""
    return RosterItem, _program(program_id), _CARD


def course_key(course_id: UUID) -> Key:
    """Where a course's card is, for `read_together`."""
    return RosterItem, _course(course_id), _CARD


def membership_key(kind: Literal["student", "teacher"], person_id: UUID, course_id: UUID) -> Key:
    """Where a membership is, for `read_together`."""
    return RosterItem, f"{kind}#{person_id}", _course(course_id)


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


def _student_status(student_id: UUID) -> str:
    return f"student_status#{student_id}"


def _email(address: str) -> str:
    return f"email#{address_key(address)}"


def _roll_no(number: str) -> str:
    return f"roll#{number.casefold()}"


def _names(email: str, roll_no: str | None) -> list[str]:
    return [_email(email), *([_roll_no(roll_no)] if roll_no else [])]


def _program(program_id: UUID) -> str:
    return f"program#{program_id}"


def _course(course_id: UUID) -> str:
    return f"course#{course_id}"


def _class(course_id: UUID, kind: str, status: str) -> str:
    return f"{course_id}#{kind}#{status}"
