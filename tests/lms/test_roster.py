"""The Roster: what is written in one transaction is known to all by the next read."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms import roster
from lms.dynamo import Stale, read_together, transaction
from lms.errors import NotFound
from lms.pages import PageRequest, Position
from tests.lms.conftest import Wire
from tests.roster_rows import rows

AMINA, BILAL = UUID(int=1), UUID(int=2)
COURSE, OTHER = UUID(int=11), UUID(int=12)

pytestmark = pytest.mark.usefixtures("aws")


def _put_user(
    user_id: UUID,
    name: str = "amina",
    *,
    role: str = "student",
    status: str = "active",
    confirmed: bool = True,
    version: int = 1,
    previous_email: str | None = None,
) -> None:
    with transaction() as tx:
        roster.put_user(
            tx,
            user_id,
            role=role,
            status=status,
            name=name.title(),
            email=f"{name}@Example.com",
            email_confirmed=confirmed,
            roll_no=f"R-{user_id.int}",
            version=version,
            previous_email=previous_email,
        )


def _put_course(course_id: UUID = COURSE) -> None:
    with transaction() as tx:
        roster.put_course(tx, course_id, title="Biology", program_id=UUID(int=21), requires_payment=True, version=1)


def _enroll(student_id: UUID, status: roster.EnrollmentStatus = "active", course_id: UUID = COURSE) -> None:
    with transaction() as tx:
        roster.put_enrollment(tx, student_id, course_id, status, version=1)


def _assign(teacher_id: UUID, course_id: UUID = COURSE) -> None:
    with transaction() as tx:
        roster.put_assignment(tx, teacher_id, course_id, version=1)


class _Listing(PageRequest):
    def __init__(self, limit: int, start: Position) -> None:
        self.limit = limit
        self.start = start  # type: ignore[misc]


def test_a_users_card_is_found_by_id() -> None:
    assert roster.find_user(AMINA) is None
    _put_user(AMINA)
    card = roster.find_user(AMINA)
    assert card is not None
    assert (card.role, card.status, card.name, card.email) == ("student", "active", "Amina", "amina@Example.com")


def test_users_are_found_by_address_and_roll_number_in_any_case() -> None:
    _put_user(AMINA)
    found = roster.find_by_name(["AMINA@example.com", "amina@EXAMPLE.com", "r-1", "R-9", "nobody@example.com", "amina"])
    assert found == {"AMINA@example.com": AMINA, "amina@EXAMPLE.com": AMINA, "r-1": AMINA}


def test_a_new_address_replaces_the_old_one() -> None:
    _put_user(AMINA)
    _put_user(AMINA, "mina", version=2, previous_email="amina@example.com")
    assert roster.find_by_name(["amina@example.com", "mina@example.com"]) == {"mina@example.com": AMINA}


def test_an_address_that_changes_its_case_alone_stays_known() -> None:
    _put_user(AMINA)
    _put_user(AMINA, version=2, previous_email="AMINA@example.com")
    assert roster.find_by_name(["amina@example.com"]) == {"amina@example.com": AMINA}


def test_an_address_leads_to_nobody_until_it_is_confirmed() -> None:
    _put_user(AMINA, confirmed=False)
    names = ["AMINA@example.com", "R-1", "nobody@example.com"]
    assert roster.find_by_name(names) == {"R-1": AMINA}
    assert roster.find_unconfirmed(names) == {"AMINA@example.com"}
    with transaction() as tx:
        roster.confirm_email(tx, AMINA, "amina@example.com", version=2)
    assert roster.find_by_name(names) == {"AMINA@example.com": AMINA, "R-1": AMINA}
    assert roster.find_unconfirmed(names) == set()


def test_nothing_is_left_of_an_erased_user() -> None:
    _put_user(AMINA)
    with transaction() as tx:
        roster.remove_user(tx, AMINA, email="amina@Example.com", roll_no="R-1")
    assert rows() == {}


def test_many_cards_come_in_one_read_for_each_hundred(wire: Wire) -> None:
    people = [uuid4() for _ in range(3)]
    for person in people:
        _put_user(person)
    wire.sent.clear()
    unknown = [uuid4() for _ in range(120)]
    assert set(roster.find_users([*people, *unknown])) == set(people)
    assert [operation for operation, _ in wire.sent] == ["BatchGetItem", "BatchGetItem"]


def test_a_person_who_is_asked_for_twice_is_read_once(wire: Wire) -> None:
    _put_user(AMINA)
    wire.sent.clear()
    assert set(roster.find_users([AMINA, AMINA, BILAL])) == {AMINA}
    ((_, arguments),) = wire.sent
    # DynamoDB refuses a read that names a key twice.
    assert len(arguments["RequestItems"]["RosterTable"]["Keys"]) == 2


def test_of_nobody_nothing_is_found(wire: Wire) -> None:
    assert roster.find_users([]) == {}
    assert roster.find_by_name([]) == {}
    assert wire.sent == []


def test_a_transaction_holds_for_a_user_who_was_provisioned_or_renamed_meanwhile() -> None:
    card = _card_before(name="mina", version=2)
    with transaction() as tx:
        roster.require_user(tx, card)


@pytest.mark.parametrize("change", [{"status": "disabled"}, {"role": "teacher"}])
def test_a_user_who_was_disabled_or_got_another_role_meanwhile_makes_the_transaction_stale(
    change: dict[str, str],
) -> None:
    card = _card_before(version=2, **change)
    with pytest.raises(Stale), transaction() as tx:
        roster.require_user(tx, card)


def test_a_user_who_was_erased_meanwhile_makes_the_transaction_stale() -> None:
    card = _card_before(version=2)
    with transaction() as tx:
        roster.remove_user(tx, AMINA, email="amina@example.com", roll_no="R-1")
    with pytest.raises(Stale), transaction() as tx:
        roster.require_user(tx, card)


def _card_before(**change: Any) -> roster.User:
    """Amina's card as it was read before a change."""
    _put_user(AMINA)
    card = roster.find_user(AMINA)
    assert card is not None
    _put_user(AMINA, **change)
    return card


def test_a_course_is_known_until_it_is_deleted() -> None:
    _put_course()
    card = roster.find_course(COURSE)
    assert card is not None
    assert (card.title, card.program_id, card.requires_payment) == ("Biology", UUID(int=21), True)
    assert set(roster.find_courses([COURSE, OTHER])) == {COURSE}
    assert roster.find_courses_by_title(["biology ", "Physics"]) == {"biology ": {COURSE}}
    with transaction() as tx:
        roster.require_course_exists(tx, COURSE, NotFound())
    with transaction() as tx:
        roster.remove_course(tx, COURSE, title="Biology")
    assert roster.find_course(COURSE) is None
    assert roster.find_courses_by_title(["Biology"]) == {}
    with pytest.raises(NotFound), transaction() as tx:
        roster.require_course_exists(tx, COURSE, NotFound())


def test_a_program_is_known_until_it_is_deleted() -> None:
    program = UUID(int=21)
    with transaction() as tx:
        roster.put_program(tx, program, title="Science", version=1)
    assert roster.find_programs([program])[program].title == "Science"
    with transaction() as tx:
        roster.remove_program(tx, program)
    assert roster.find_programs([program]) == {}


def test_an_enrolment_has_a_status_for_its_course_alone() -> None:
    _enroll(AMINA, "completed")
    assert roster.enrollment_of(AMINA, COURSE) == "completed"
    assert roster.enrollment_of(AMINA, OTHER) is None
    assert roster.enrollments_of([AMINA, BILAL], COURSE) == {AMINA: "completed"}
    assert not roster.teaches(AMINA, COURSE)


def test_a_teacher_teaches_until_unassigned() -> None:
    _assign(AMINA)
    assert roster.teaches(AMINA, COURSE)
    assert not roster.teaches(AMINA, OTHER)
    assert roster.teachers_of(COURSE) == [AMINA]
    with transaction() as tx:
        roster.remove_assignment(tx, AMINA, COURSE)
    assert not roster.teaches(AMINA, COURSE)
    assert roster.teachers_of(COURSE) == []


def test_a_persons_courses_are_listed_by_the_part_they_play() -> None:
    _enroll(AMINA)
    _enroll(AMINA, "dropped", OTHER)
    _assign(AMINA, OTHER)
    assert {item.course_id: item.status for item in roster.courses_of("student", AMINA)} == {
        COURSE: "active",
        OTHER: "dropped",
    }
    assert [item.course_id for item in roster.courses_of("teacher", AMINA)] == [OTHER]


def test_a_class_lists_members_of_these_statuses_page_by_page() -> None:
    students = [UUID(int=100 + number) for number in range(5)]
    for student in students:
        _enroll(student)
    _enroll(AMINA, "dropped")
    _enroll(BILAL, "completed")
    _assign(uuid4())
    found, at = [], Position(0, None)
    while at is not None:
        page, after = roster.class_of([COURSE, OTHER], "student", ["active", "completed"], _Listing(2, at))
        assert len(page) <= 2
        found += [item.person_id for item in page]
        at = after  # type: ignore[assignment]
    assert found == [*students, BILAL]


def test_a_dropped_student_leaves_the_class_and_a_returning_one_is_back() -> None:
    for status, listed in (("active", 1), ("dropped", 0), ("active", 1)):
        _enroll(AMINA, status)  # type: ignore[arg-type]
        page, _ = roster.class_of([COURSE], "student", ["active"], _Listing(10, Position(0, None)))
        assert len(page) == listed


def test_cards_and_memberships_are_read_together_in_the_order_asked(wire: Wire) -> None:
    _put_user(AMINA)
    _enroll(AMINA)
    wire.sent.clear()
    card, none, membership = read_together(
        [
            roster.user_key(AMINA),
            roster.membership_key("teacher", AMINA, COURSE),
            roster.membership_key("student", AMINA, COURSE),
        ]
    )
    assert card.name == "Amina"
    assert none is None
    assert membership.status == "active"
    ((operation, arguments),) = wire.sent
    assert operation == "BatchGetItem"
    assert all(table["ConsistentRead"] for table in arguments["RequestItems"].values())


def test_nothing_is_read_where_no_key_is_asked_for(wire: Wire) -> None:
    assert read_together([]) == []
    assert wire.sent == []
