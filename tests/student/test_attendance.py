"""Sessions in the report cards of a class."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.dynamo import Transaction
from tests.people import Person, sign_in
from tests.student.conftest import School


@pytest.fixture
def classmate(school: School) -> Person:
    classmate = sign_in("student")
    school.add_student(classmate, school.course)
    return classmate


def _counts(school: School, student: Person | None = None) -> dict[str, int]:
    counts: dict[str, int] = school.card(student)["metadata"]["attendance"]
    return {status: number for status, number in counts.items() if number}


def test_a_session_reaches_everybody_on_its_list(school: School, classmate: Person) -> None:
    school.consume(school.session({school.student.id: "late", classmate.id: "excused"}))
    assert (_counts(school), school.card()["attendance"]) == ({"late": 1}, 100)
    assert (_counts(school, classmate), school.card(classmate)["attendance"]) == ({"excused": 1}, None)


def test_sessions_of_different_days_add_up_and_of_the_same_day_replace(school: School) -> None:
    school.consume(*school.attended("present", "absent"))
    school.consume(school.session({school.student.id: "excused"}, day="2026-09-02", version=2))
    assert _counts(school) == {"present": 1, "excused": 1}


def test_whoever_is_no_longer_on_the_list_was_not_there_in_any_order(school: School, classmate: Person) -> None:
    student = school.student
    for index, order in enumerate(permutations(range(3))):
        day = f"2026-10-{index + 1:02}"
        versions = [
            school.session({student.id: "present", classmate.id: "present"}, day=day, version=1),
            school.session({student.id: "absent"}, day=day, version=2),
            school.session({classmate.id: "late"}, day=day, version=3),
        ]
        for version in order:
            school.consume(versions[version])
    assert _counts(school) == {}
    assert _counts(school, classmate) == {"late": 6}


def test_a_large_session_is_taken_in_slices(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    class_ = {UUID(int=number): "present" for number in range(249)} | {school.student.id: "absent"}
    sizes = _watch_commits(monkeypatch)
    school.consume(school.session(class_))
    assert sum(sizes) == 1 + 250
    assert max(sizes) <= 100
    assert _counts(school) == {"absent": 1}
    sizes.clear()
    school.consume(school.session(class_))
    assert sum(sizes) == 0


def test_a_session_broken_off_in_the_middle_goes_on_when_its_event_comes_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_ = {uuid4(): "present" for _ in range(150)} | {school.student.id: "late"}
    commit, session = Transaction.commit, school.session(class_)
    left = [2]

    def crash(tx: Transaction) -> None:
        if not left[0]:
            raise ConnectionError
        left[0] -= 1
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", crash)
    with pytest.raises(ConnectionError):
        school.consume(session)
    monkeypatch.setattr(Transaction, "commit", commit)
    sizes = _watch_commits(monkeypatch)
    school.consume(session)
    assert sum(sizes) == 101
    assert _cards_with_a_session(school, class_) == 151


def _cards_with_a_session(school: School, class_: dict[UUID, Any]) -> int:
    from student.tables import ReportCard

    cards = ReportCard.batch_get([(student_id, school.course) for student_id in class_])
    return sum(len(card.facts.sessions) for card in cards)


def _watch_commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many writes each transaction had."""
    commit: Any = Transaction.commit
    sizes: list[int] = []

    def count(tx: Transaction) -> None:
        sizes.append(len(tx._puts))
        commit(tx)

    monkeypatch.setattr(Transaction, "commit", count)
    return sizes
