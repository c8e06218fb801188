"""A changed outline, and the percentages of all students in the course."""

from typing import Any

import pytest
from botocore.client import BaseClient

from lms.events.progress import ProgressUpdated
from tests.conftest import DeadLetters, Outbox
from tests.people import Person
from tests.progress.conftest import School


@pytest.fixture
def students(school: School) -> list[Person]:
    return [school.new_student() for _ in range(60)]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls of DynamoDB, by name."""
    seen, make = [], BaseClient._make_api_call

    def recorded(client: Any, name: str, arguments: Any) -> Any:
        seen.append(name)
        return make(client, name, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    return seen


def _known(outbox: Outbox) -> dict[Any, int]:
    """What a consumer knows of each student's percentage: the latest version."""
    events = sorted(outbox.of(ProgressUpdated), key=lambda event: event.version)
    return {event.student_id: event.completion_percentage for event in events}


def test_a_changed_outline_moves_the_percentages_of_the_whole_class(
    school: School, students: list[Person], outbox: Outbox, calls: list[str]
) -> None:
    module, [one, _] = school.outline.add_module(lessons=2)
    for student in students:
        school.learn(one, student=student)
    school.outline.add_lesson(module)
    calls.clear()
    school.follow_outline()
    assert calls.count("TransactWriteItems") == 3
    assert len(calls) <= 3 * 2 + 2
    assert _known(outbox) == {student.id: 33 for student in students}
    assert {school.percentage(student) for student in students[:3]} == {33}


def test_an_outline_that_changes_no_percentage_publishes_nothing(school: School, outbox: Outbox) -> None:
    module, [one, _] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.add_lesson(module)
    school.follow_outline()
    before = outbox.all()
    school.follow_outline()
    school.outline.add_module()
    school.follow_outline()
    assert outbox.all() == before


def test_an_outline_that_changed_again_is_left_to_the_event_of_that_change(school: School, outbox: Outbox) -> None:
    module, [one, _] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.add_lesson(module)
    older = school.outline.event()
    school.outline.add_lesson(module)
    school.consume(older)
    assert _known(outbox) == {school.student.id: 50}
    school.follow_outline()
    school.consume(older)
    assert _known(outbox) == {school.student.id: 25}


def test_a_student_with_no_lesson_left_has_completed_the_course(school: School, outbox: Outbox) -> None:
    _, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.remove(two)
    school.follow_outline()
    last = outbox.of(ProgressUpdated)[-1]
    assert (last.completion_percentage, last.completed) == (100, True)
    assert school.progress()["completed"]


def test_a_course_that_loses_all_its_lessons_completes_nobody(school: School, outbox: Outbox) -> None:
    module, [one, _] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.remove(module)
    school.follow_outline()
    last = outbox.of(ProgressUpdated)[-1]
    assert (last.completion_percentage, last.completed) == (0, False)


def test_half_a_class_is_finished_when_the_event_comes_again(
    school: School, students: list[Person], outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from progress.service import progress

    module, [one] = school.outline.add_module(lessons=1)
    for student in students:
        school.learn(one, student=student)
    school.outline.add_lesson(module)
    follow, left = progress._follow_outline, [2]

    def until_the_function_ends(*arguments: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise TimeoutError
        follow(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(progress, "_follow_outline", until_the_function_ends)
        with pytest.raises(TimeoutError):
            school.follow_outline()
    assert sorted(_known(outbox).values()) == [50] * 50 + [100] * 10
    school.follow_outline()
    assert set(_known(outbox).values()) == {50}
    assert len(outbox.of(ProgressUpdated)) == 2 * len(students)


def test_a_student_at_work_and_the_changed_outline_lose_nothing_of_each_other(
    school: School, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from progress.service import progress

    module, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.add_lesson(module)
    read, first = progress.read_together, [True]

    def while_a_lesson_is_done(keys: Any) -> Any:
        found = read(keys)
        if first.pop() if first else False:
            school.learn(two)
        return found

    monkeypatch.setattr(progress, "read_together", while_a_lesson_is_done)
    school.follow_outline()
    assert _known(outbox) == {school.student.id: 67}
    assert len(school.progress()["lessonsDone"]) == 2


def test_a_course_without_outline_or_class_is_no_fault(school: School, dead_letters: DeadLetters) -> None:
    from lms.events.content import OutlineChanged

    school.consume(OutlineChanged(version=1, course_id=school.course, modules=0, lessons=0))
    assert not dead_letters.all()
