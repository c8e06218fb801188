"""Teachers, as the events of their accounts say."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import DeadLetters, Outbox
from tests.instructor.conftest import School
from tests.people import Person, put_card, remove_card, sign_in


def changed(person: Person, version: int, name: str = "A teacher", *, registered: bool = False) -> Any:
    from lms.events.users import Person as Personal
    from lms.events.users import UserProfileUpdated, UserRegistered

    who = {"version": version, "user_id": person.id, "role": person.role, "roll_no": person.roll_no}
    data = Personal(username="x", email=person.email, name=name)
    if registered:
        return UserRegistered(**who, person=data)
    return UserProfileUpdated(**who, person=data, email_verified=True, mobile_verified=False)


def erased(person: Person, version: int) -> Any:
    from lms.events.users import UserErased

    remove_card(person)
    return UserErased(version=version, user_id=person.id)


def names(school: School) -> list[str]:
    return [item["name"] for item in school.list_all("/instructors", token=school.admin.token)]


def test_the_list_grows_with_every_teacher_who_registers(school: School) -> None:
    teachers = [sign_in("teacher") for _ in range(5)]
    school.consume(*(changed(person, 1, registered=True) for person in [*teachers, school.student, school.admin]))
    listed = school.list_all("/instructors", token=school.admin.token, limit=2)
    assert {item["id"] for item in listed} == {str(teacher.id) for teacher in teachers}
    assert {item["email"] for item in listed} == {teacher.email for teacher in teachers}
    for person in (school.teacher, school.student):
        assert school.http.get("/instructors", token=person.token).status == 403
    assert school.http.get("/instructors").status == 401


def test_a_teacher_whose_events_are_still_to_come_is_known_from_the_roster(school: School) -> None:
    path = f"/instructors/{school.teacher.id}"
    answer = school.http.get(path, token=school.teacher.token)
    assert answer.status == 200, answer
    assert answer.json.items() >= {"name": school.teacher.name, "assignedCourses": []}.items()
    assert names(school) == [school.teacher.name]
    for nobody in (uuid4(), school.student.id, school.admin.id):
        assert school.http.get(f"/instructors/{nobody}", token=school.admin.token).status == 404


def test_an_instructor_is_shown_to_themselves_and_administrators(school: School) -> None:
    for page in ("", "/classes", "/students"):
        path = f"/instructors/{school.teacher.id}{page}"
        assert school.http.get(path).status == 401
        assert school.http.get(path, token=school.teacher.token).status == 200
        assert school.http.get(path, token=school.admin.token).status == 200
        for person in (sign_in("teacher"), school.student):
            assert school.http.get(path, token=person.token).status == 403
            assert school.http.get(f"/instructors/{uuid4()}{page}", token=person.token).status == 403
        assert school.http.get(f"/instructors/x{page}", token=school.admin.token).status == 422


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([2, 3, 4, 5]).flatmap(lambda order: st.permutations([*order, *order])))
def test_the_newest_name_stands_in_whatever_order_events_come(school: School, order: list[int]) -> None:
    person = sign_in("teacher")
    for version in order:
        school.consume(changed(person, version, f"Name {version}"))
    shown = school.http.get(f"/instructors/{person.id}", token=person.token).json
    assert shown["name"] == "Name 5"


def test_an_erased_teacher_leaves_their_courses_and_no_trace_of_their_person(school: School, outbox: Outbox) -> None:
    from instructor.tables import Teacher
    from lms import roster
    from lms.events.enrollments import InstructorUnassigned

    courses = [school.add_course() for _ in range(3)]
    for course in courses:
        school.assign_teacher(course)
    gone = erased(school.teacher, 7)
    school.consume(gone, changed(school.teacher, 6, "Late"), gone)
    assert not any(roster.teaches(school.teacher.id, course) for course in courses)
    assert len(outbox.of(InstructorUnassigned)) == 3
    assert names(school) == []
    assert school.http.get(f"/instructors/{school.teacher.id}", token=school.admin.token).status == 404
    left = Teacher.get(school.teacher.id)
    assert (left.name, left.email) == (None, None)


@pytest.mark.parametrize("first", ["erased", "registered"])
def test_a_late_registration_brings_nobody_back(school: School, first: str, dead_letters: DeadLetters) -> None:
    person = sign_in("teacher")
    registered, gone = changed(person, 1, registered=True), erased(person, 2)
    school.consume(*([gone, registered] if first == "erased" else [registered, gone]))
    assert names(school) == []
    assert dead_letters.all() == []


def test_a_newer_card_is_not_overtaken_by_older_events(school: School) -> None:
    put_card(Person(school.teacher.id, "teacher", "", "New name", "new@example.com", None), version=4)
    school.consume(changed(school.teacher, 2, "Old name"))
    assert names(school) == ["New name"]
    school.consume(changed(school.teacher, 5, "Newest name"))
    assert names(school) == ["Newest name"]


def test_courses_stay_when_a_name_changes(school: School) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    school.consume(changed(school.teacher, 9, "Married name"))
    shown = school.http.get(f"/instructors/{school.teacher.id}", token=school.teacher.token).json
    assert (shown["name"], [UUID(taught) for taught in shown["assignedCourses"]]) == ("Married name", [course])


def test_who_gets_another_role_is_no_teacher_until_they_get_it_back(school: School) -> None:
    school.consume(changed(school.teacher, 1, registered=True))
    path = f"/instructors/{school.teacher.id}"
    for version, role in ((2, "student"), (3, "teacher")):
        put_card(replace(school.teacher, role=role), version=version)
        if role == "student":
            assert school.assign_teacher(school.add_course()).status == 404
        else:
            assert school.http.get(path, token=school.admin.token).status == 200
        event = changed(school.teacher, version).model_copy(update={"role": role})
        school.consume(event, changed(school.teacher, 1, registered=True), event)
        is_teacher = role == "teacher"
        assert len(names(school)) == is_teacher
        assert school.http.get(path, token=school.admin.token).status == (200 if is_teacher else 404)
