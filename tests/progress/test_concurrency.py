"""Many at once: what the conditions of the transactions hold."""

from collections.abc import Callable
from typing import Any

import pytest

from lms.events.progress import AttendanceRecorded, FeedbackSubmitted, ProgressUpdated
from tests.auth.conftest import at_once, whole_calls
from tests.conftest import Outbox
from tests.progress.conftest import School

__all__ = ["whole_calls"]
pytestmark = pytest.mark.usefixtures("whole_calls")


def statuses(calls: list[Callable[[], Any]]) -> list[int]:
    return sorted(answer.status for answer in at_once(calls))


def test_of_ten_records_at_once_of_one_students_progress_exactly_one_is_made(school: School, outbox: Outbox) -> None:
    assert statuses([school.create] * 10) == [201] + [409] * 9
    assert len(outbox.of(ProgressUpdated)) == 1


def test_lessons_done_at_once_are_all_done(school: School, outbox: Outbox) -> None:
    _, lessons = school.outline.add_module(lessons=4)
    assert statuses([lambda lesson=lesson: school.mark(lesson) for lesson in lessons]) == [200] * 4
    assert school.progress()["completed"]
    events = sorted(outbox.of(ProgressUpdated), key=lambda event: event.version)
    assert [(event.version, event.completion_percentage) for event in events] == [(1, 25), (2, 50), (3, 75), (4, 100)]


def test_a_lesson_undone_ten_times_at_once_is_undone_once(school: School, outbox: Outbox) -> None:
    _, [one, _] = school.outline.add_module(lessons=2)
    school.learn(one)
    assert statuses([lambda: school.unmark(one)] * 10) == [204] + [404] * 9
    assert len(outbox.of(ProgressUpdated)) == 2


def test_twenty_ratings_at_once_are_all_counted(school: School) -> None:
    students = [school.new_student() for _ in range(20)]
    calls = [
        lambda index=index, student=student: school.rate(1 + index % 5, student)
        for index, student in enumerate(students)
    ]
    assert statuses(calls) == [201] * 20
    summary = school.http.get(f"/feedback/{school.course}", token=school.admin.token).json["summary"]
    assert summary == {"count": 20, "average": 3.0, "histogram": {"1": 4, "2": 4, "3": 4, "4": 4, "5": 4}}


def test_one_student_rating_four_times_at_once_is_counted_once(school: School, outbox: Outbox) -> None:
    assert statuses([lambda rating=rating: school.rate(rating) for rating in (1, 3, 4, 5)]) == [201] * 4
    listed = school.http.get(f"/feedback/{school.course}", token=school.admin.token).json
    [left] = listed["items"]
    assert (left["version"], listed["summary"]["count"], listed["summary"]["average"]) == (4, 1, left["rating"])
    assert max(outbox.of(FeedbackSubmitted), key=lambda event: event.version).rating == left["rating"]


def test_two_teachers_recording_one_session_at_once_leave_one_of_the_two(school: School, outbox: Outbox) -> None:
    calls = [
        lambda status=status: school.record("2027-03-01", {school.student: status}) for status in ("late", "absent")
    ]
    assert statuses(calls) == [201] * 2
    [session] = school.http.get(f"/attendance/{school.course}", token=school.teacher.token).json["items"]
    last = max(outbox.of(AttendanceRecorded), key=lambda event: event.version)
    assert (session["version"], session["records"][0]["status"]) == (last.version, last.records[0].status)
