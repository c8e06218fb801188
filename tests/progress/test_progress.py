"""Progress through its door: recorded, shown, changed, made by lessons done."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.progress import ProgressUpdated
from tests.conftest import Outbox
from tests.people import sign_in
from tests.progress.conftest import School


def test_who_has_just_enrolled_is_at_the_beginning(school: School) -> None:
    school.outline.add_module(lessons=2)
    shown = school.progress()
    assert (
        shown.items()
        >= {
            "studentId": str(school.student.id),
            "courseId": str(school.course),
            "currentModule": None,
            "completionPercentage": 0,
            "completed": False,
            "lessonsDone": [],
            "version": 0,
        }.items()
    )
    for reader in (school.teacher, school.admin):
        assert school.http.get(school.path(), token=reader.token).json == shown


def test_progress_is_recorded_once_where_there_are_no_lessons(school: School, outbox: Outbox) -> None:
    module, _ = school.outline.add_module()
    answer = school.create(currentModule=str(module), completionPercentage=40)
    assert answer.status == 201
    assert answer.headers["location"] == school.path()
    assert answer.version == 1
    assert (answer.json["completionPercentage"], answer.json["currentModule"]) == (40, str(module))
    assert school.progress() == answer.json
    assert school.create().problem == (409, "exists")
    [event] = outbox.of(ProgressUpdated)
    assert (event.version, event.completion_percentage, event.completed, event.current_module) == (1, 40, False, module)


def test_a_hundred_percent_that_somebody_says_complete_nothing(school: School, outbox: Outbox) -> None:
    made = school.create(completionPercentage=100).json
    assert (made["completionPercentage"], made["completed"]) == (100, False)
    assert not outbox.of(ProgressUpdated)[0].completed


def test_where_there_are_lessons_they_decide_and_not_the_client(school: School) -> None:
    module, lessons = school.outline.add_module(lessons=4)
    assert school.create(completionPercentage=90, currentModule=str(module)).json["completionPercentage"] == 0
    school.learn(lessons[0])
    for person in (school.student, school.teacher):
        answer = school.http.put(
            f"/progress/{school.progress()['id']}", {"completionPercentage": 95}, token=person.token
        )
        assert (answer.status, answer.json["completionPercentage"]) == (200, 25)


def test_a_teacher_records_for_a_student(school: School) -> None:
    body = {"studentId": str(school.student.id), "courseId": str(school.course), "completionPercentage": 10}
    assert school.http.post("/progress", body, token=school.teacher.token).status == 201
    assert school.percentage() == 10
    body["studentId"] = str(sign_in("student").id)
    answer = school.http.post("/progress", body, token=school.teacher.token)
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "studentId"])


def test_fields_given_are_replaced_and_the_others_stay(school: School, outbox: Outbox) -> None:
    first, _ = school.outline.add_module()
    path = f"/progress/{school.create(currentModule=str(first), completionPercentage=10).json['id']}"
    changed = school.http.put(path, {"completionPercentage": 20}, token=school.student.token)
    assert (changed.status, changed.version, changed.json["version"]) == (200, 2, 2)
    assert (changed.json["currentModule"], changed.json["completionPercentage"]) == (str(first), 20)
    emptied = school.http.put(path, {"currentModule": None}, token=school.teacher.token)
    assert (emptied.json["currentModule"], emptied.json["completionPercentage"]) == (None, 20)
    assert [event.version for event in outbox.of(ProgressUpdated)] == [1, 2, 3]


def test_an_update_of_what_was_changed_meanwhile_is_refused(school: School) -> None:
    path = f"/progress/{school.create().json['id']}"
    old = {"if-match": '"7"'}
    assert school.http.put(path, {}, token=school.student.token, headers=old).status == 412
    assert school.http.put(path, {}, token=school.student.token, headers={"if-match": '"1"'}).status == 200


def test_a_module_must_be_one_that_students_see(school: School) -> None:
    hidden, _ = school.outline.add_module()
    school.outline.publish(hidden, published=False)
    for module in (hidden, uuid4()):
        answer = school.create(currentModule=str(module))
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "currentModule"])


def test_lessons_done_make_the_percentage_and_the_current_module(school: School) -> None:
    first, [one, two] = school.outline.add_module(lessons=2)
    second, [three] = school.outline.add_module(lessons=1)
    seen = [school.learn(lesson) for lesson in (one, three, two)]
    assert [view["completionPercentage"] for view in seen] == [33, 67, 100]
    assert [view["currentModule"] for view in seen] == [str(first), str(second), str(first)]
    assert [view["completed"] for view in seen] == [False, False, True]
    assert seen[1]["lessonsDone"] == [str(one), str(three)]
    assert school.progress() == seen[-1]


def test_a_lesson_done_twice_counts_and_is_published_once(school: School, outbox: Outbox) -> None:
    _, [one, _] = school.outline.add_module(lessons=2)
    first, second = school.mark(one), school.mark(one)
    assert (first.status, second.status, first.json) == (200, 200, second.json)
    assert len(outbox.of(ProgressUpdated)) == 1


def test_a_lesson_can_be_undone_once(school: School, outbox: Outbox) -> None:
    _, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one, two)
    assert school.unmark(one).status == 204
    assert school.unmark(one).status == 404
    assert school.percentage() == 50
    assert [event.completion_percentage for event in outbox.of(ProgressUpdated)] == [50, 100, 50]


def test_a_course_that_was_completed_stays_so(school: School, outbox: Outbox) -> None:
    module, [one] = school.outline.add_module(lessons=1)
    assert school.learn(one)["completed"]
    school.outline.add_lesson(module)
    assert (school.percentage(), school.progress()["completed"]) == (50, True)
    school.unmark(one)
    assert [event.completed for event in outbox.of(ProgressUpdated)] == [True, True]


def test_a_lesson_that_students_do_not_see_is_none(school: School) -> None:
    module, [one, two] = school.outline.add_module(lessons=2)
    school.outline.publish(one, published=False)
    assert school.mark(one).status == 404
    assert school.mark(uuid4()).status == 404
    school.outline.publish(module, published=False)
    assert school.mark(two).status == 404


def test_the_outline_of_today_decides_at_every_look(school: School) -> None:
    module, [one, two] = school.outline.add_module(lessons=2)
    school.learn(one)
    added = school.outline.add_lesson(module)
    assert school.percentage() == 33
    school.outline.remove(added)
    school.outline.publish(two, published=False)
    assert school.percentage() == 100
    school.outline.publish(two, published=True)
    school.outline.publish(one, published=False)
    assert school.percentage() == 0
    school.outline.publish(one, published=True)
    assert school.percentage() == 50
    school.outline.remove(module)
    assert (school.percentage(), school.progress()["currentModule"]) == (0, None)


def test_a_lesson_that_is_gone_can_still_be_undone(school: School) -> None:
    _, [one, _] = school.outline.add_module(lessons=2)
    school.learn(one)
    school.outline.remove(one)
    assert school.unmark(one).status == 204


def test_what_was_stated_counts_again_once_there_are_no_lessons(school: School) -> None:
    school.create(completionPercentage=30)
    module, _ = school.outline.add_module(lessons=1)
    assert school.percentage() == 0
    school.outline.remove(module)
    assert school.percentage() == 30


def test_a_student_sees_their_own_progress_and_no_others(school: School) -> None:
    other = school.new_student()
    assert school.http.get(school.path(other), token=school.student.token).status == 403
    assert school.http.get(f"/progress/{uuid4()}/{uuid4()}", token=school.student.token).status == 403
    assert school.http.get(school.path(), token=sign_in("teacher").token).status == 403
    assert school.http.get(f"/progress/{uuid4()}/{school.course}", token=school.teacher.token).status == 404
    assert school.http.get(f"/progress/{school.student.id}/{uuid4()}", token=school.admin.token).status == 404
    assert school.http.get(f"/progress/{school.student.id}/{uuid4()}", token=school.student.token).status == 404


def test_who_dropped_out_still_sees_what_was_and_changes_nothing(school: School) -> None:
    _, [one, two] = school.outline.add_module(lessons=2)
    made = school.learn(one)
    school.enroll(school.student, status="dropped")
    assert school.progress() == made
    path = f"/progress/{made['id']}"
    assert school.http.put(path, {}, token=school.student.token).status == 403
    assert school.http.put(path, {}, token=school.teacher.token).status == 422
    assert school.mark(two).status == 403
    assert school.unmark(one).status == 403
    school.enroll(school.student, status="completed")
    assert school.mark(two).status == 200


def test_others_progress_is_not_there_for_who_may_not_see_it(school: School) -> None:
    path = f"/progress/{school.create().json['id']}"
    for stranger in (school.new_student(), sign_in("teacher")):
        assert school.http.put(path, {}, token=stranger.token).status == 404
    assert school.http.put(f"/progress/{uuid4()}", {}, token=school.student.token).status == 404


def test_nothing_is_recorded_in_a_course_that_is_gone(school: School) -> None:
    _, [one] = school.outline.add_module(lessons=1)
    other = school.new_student()
    path = f"/progress/{school.create().json['id']}"
    school.delete_course(school.course)
    assert school.create(other).status == 404
    assert school.http.put(path, {}, token=school.student.token).status == 404
    assert school.mark(one).status == 404
    assert school.unmark(one).status == 404
    assert school.http.get(school.path(other), token=other.token).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"completionPercentage": 101},
        {"completionPercentage": -1},
        {"completionPercentage": 50.5},
        {"completionPercentage": "50"},
        {"completionPercentage": None},
        {"completionPercentage": True},
        {"currentModule": "week 1"},
        {"id": str(UUID(int=1))},
        {"completed": True},
        {"version": 1},
    ],
)
def test_bad_progress_is_refused_field_by_field(school: School, fields: dict[str, Any]) -> None:
    answer = school.create(**fields)
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", next(iter(fields))])
    path = f"/progress/{school.create().json['id']}"
    assert school.http.put(path, fields, token=school.student.token).status == 422


def test_refusals_come_in_order(school: School) -> None:
    """401, 403 by role, 422, 403 by course, 404, 409, 412."""
    http, other, old = school.http, sign_in("student"), {"if-match": '"9"'}
    good = {"studentId": str(other.id), "courseId": str(school.course)}
    assert http.post("/progress", {"bad": 1}).status == 401
    assert http.post("/progress", {"bad": 1}, token=school.admin.token).status == 403
    assert http.post("/progress", {"bad": 1}, token=other.token).status == 422
    assert http.post("/progress", good, token=other.token).status == 403
    assert http.post("/progress", good, token=school.student.token).status == 403
    assert http.post("/progress", good, token=sign_in("teacher").token).status == 403
    path = f"/progress/{school.create().json['id']}"
    assert http.put(path, {"bad": 1}, token=school.admin.token).status == 403
    assert http.put(path, {"bad": 1}, token=other.token, headers=old).status == 422
    assert http.put(path, {}, token=other.token, headers=old).status == 404
    assert http.put(path, {}, token=school.student.token, headers=old).status == 412
    lesson = f"{school.path()}/lessons/{uuid4()}"
    assert http.put(lesson, headers={"if-match": "x"}).status == 401
    for person in (school.teacher, school.admin, other, sign_in("student")):
        assert http.put(lesson, token=person.token, headers={"if-match": "x"}).status == 403
    assert http.put(lesson, token=school.student.token, headers={"if-match": "x"}).status == 422
    assert http.put(lesson, token=school.student.token, headers=old).status == 404
    _, [one] = school.outline.add_module(lessons=1)
    assert school.mark(one, headers=old).status == 412
    school.learn(one)
    assert school.unmark(one, headers=old).status == 412


def test_a_progress_sent_twice_with_one_key_is_made_once(school: School, outbox: Outbox) -> None:
    body = {"studentId": str(school.student.id), "courseId": str(school.course)}
    calls = [
        school.http.post("/progress", body, token=school.student.token, headers={"idempotency-key": "p-1"})
        for _ in range(2)
    ]
    assert [call.status for call in calls] == [201, 201]
    assert calls[0].json == calls[1].json
    assert len(outbox.of(ProgressUpdated)) == 1
