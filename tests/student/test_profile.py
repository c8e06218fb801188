"""GET /student/profile, POST /student/updateProfile, and the events of accounts."""

from typing import Any

import pytest

from lms.events.users import UserErased, UserProvisioned, UserRegistered
from tests.at_once import Meanwhile
from tests.conftest import DeadLetters
from tests.people import put_card, remove_card, sign_in
from tests.student.conftest import Auth, School, change_account, fault


def test_a_student_whose_events_are_still_to_come_has_a_profile(school: School) -> None:
    profile = school.profile()
    assert profile == {
        "view": "full",
        "student_id": str(school.student.id),
        "user_id": str(school.student.id),
        "student_status": "active",
        "name": school.student.name,
        "email": school.student.email,
        "mobile_number": None,
        "city": None,
        "country": None,
        "address": None,
        "date_of_birth": None,
        "enrollment_year": None,
        "program": None,
        "additional_details": {},
        "roll_no": school.student.roll_no,
        "profile_picture_url": None,
        "version": 2,
        "created_at": profile["created_at"],
        "updated_at": profile["updated_at"],
    }
    assert school.profile() == profile


def test_what_auth_changes_is_shown_at_once(school: School) -> None:
    change_account(school.student.id, city="Karachi", country="PK", mobile_number="+923001234567")
    change_account(school.student.id, city="Lahore", mobile_number=None, additional_details={"a": 1})
    profile = school.profile()
    assert (profile["city"], profile["mobile_number"], profile["country"]) == ("Lahore", None, "PK")
    assert profile["additional_details"] == {"a": 1}


def test_what_the_card_says_is_shown_before_auths_event_arrives(school: School) -> None:
    from dataclasses import replace

    school.profile()
    put_card(replace(school.student, name="Amina K.", email="amina.k@example.com"), version=2)
    profile = school.profile()
    assert (profile["name"], profile["email"]) == ("Amina K.", "amina.k@example.com")


def test_what_a_student_set_here_is_the_accounts_and_gives_way_to_what_is_set_there_later(school: School) -> None:
    change_account(school.student.id, country="PK")
    assert school.update(city="Multan", name="Amina", country=None).status == 200
    profile = school.profile()
    assert (profile["name"], profile["city"], profile["country"]) == ("Amina", "Multan", None)
    change_account(school.student.id, city="Quetta", name="Amina K.")
    profile = school.profile()
    assert (profile["name"], profile["city"]) == ("Amina K.", "Quetta")


def test_teachers_are_no_students(school: School) -> None:
    school.consume(school.profile_event(version=2, student=school.teacher))
    assert school.http.get(f"/students/{school.teacher.id}", token=school.admin.token).status == 404


def test_registration_makes_the_record(school: School) -> None:
    newcomer = sign_in("student")
    person = {"username": "new", "email": newcomer.email, "name": "New"}
    fields = {"user_id": newcomer.id, "role": "student", "roll_no": newcomer.roll_no, "person": person}
    school.consume(
        UserRegistered.model_validate({**fields, "version": 1}),
        UserProvisioned.model_validate({**fields, "version": 2}),
    )
    listed = school.http.get("/students", token=school.admin.token).json["items"]
    assert str(newcomer.id) in [student["id"] for student in listed]


def test_a_student_changes_their_own_fields(school: School, auth: Auth) -> None:
    fields = {
        "name": "Amina Khan",
        "mobile_number": "+923001234567",
        "city": "Karachi",
        "country": "PK",
        "address": "12 Shahrah-e-Faisal\nKarachi",
        "date_of_birth": "2004-02-29",
        "additional_details": {"languages": ["ur", "en"], "big": 10**40, "small": 1.5},
    }
    school.clock.advance(minutes=1)
    answer = school.update(**fields, current_password=auth.password)
    assert answer.status == 200, answer
    assert answer.json.items() >= fields.items()
    assert answer.json == school.profile()
    assert answer.version == answer.json["version"]
    again = school.update(address=None)
    assert again.json["address"] is None
    assert again.json["name"] == "Amina Khan"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": ""},
        {"name": "x" * 201},
        {"mobile_number": "03001234567"},
        {"country": "XX"},
        {"country": "pk"},
        {"address": "x" * 501},
        {"date_of_birth": "2004-02-30"},
        {"date_of_birth": 0},
        {"date_of_birth": "2004-02-28T00:00:00Z"},
        {"date_of_birth": "2999-01-01"},
        {"date_of_birth": "1899-12-31"},
        {"additional_details": None},
        {"additional_details": []},
        {"additional_details": {"x": "y" * 17_000}},
        {"profile_picture": "x"},
        {"password": "battery-staple-8"},
        {"mobile_number": "+923001234567", "city": "Karachi", "password": None, "current_password": None},
        {"password": "", "current_password": "correct-horse-7"},
        {"password": "\ud800" * 9, "current_password": "correct-horse-7"},
        {"password": "x" * 129, "current_password": "correct-horse-7"},
        {"version": 2},
        {"student_id": "x"},
    ],
)
def test_a_field_that_does_not_fit_is_refused_with_everything_else(school: School, auth: Auth, fields: Any) -> None:
    before = school.profile()
    good = {"city": "Karachi", "password": "battery-staple-8", "current_password": auth.password}
    sent = fields if {"password", "current_password"} & set(fields) else {**good, **fields}
    assert school.update(**sent).status == 422
    assert school.profile() == before
    assert auth.asked == []


@pytest.mark.parametrize("field", ["student_status", "program", "enrollment_year", "roll_no", "email"])
@pytest.mark.parametrize("value", ["x", None, {}])
def test_what_is_the_schools_is_not_the_students_to_change(school: School, auth: Auth, field: str, value: Any) -> None:
    before = school.profile()
    sent = {field: value, "city": "Karachi", "password": "battery-staple-8", "current_password": auth.password}
    assert school.update(**sent).problem == (403, "not-own")
    assert school.update(**{field: value, "name": ""}).status == 422
    assert school.profile() == before
    assert auth.asked == []


def test_a_password_is_changed_by_auth(school: School, auth: Auth) -> None:
    answer = school.update(password="battery-staple-8", current_password="correct-horse-7", city="Karachi")
    assert answer.status == 200, answer
    assert "battery-staple-8" not in answer.text
    assert [asked["action"] for asked in auth.asked] == ["change", "update_profile"]
    assert {(asked["user_id"], asked["client_ip"]) for asked in auth.asked} == {(str(school.student.id), "203.0.113.7")}
    assert auth.password == "battery-staple-8"
    assert school.profile()["city"] == "Karachi"


def test_a_refused_password_changes_nothing(school: School) -> None:
    before = school.profile()
    wrong = school.update(password="battery-staple-8", current_password="guess", city="Karachi")
    assert wrong.problem == (403, "wrong-password")
    weak = school.update(password="short", current_password="correct-horse-7", city="Karachi")
    assert fault(weak) == (422, "weak_password")
    number = {"mobile_number": "+923001234567"}
    assert school.update(**number, current_password="guess", address="x").problem == (403, "wrong-password")
    assert school.profile() == before


def test_a_number_and_a_password_are_changed_by_the_one_old_password(school: School, auth: Auth) -> None:
    number = {"mobile_number": "+923001234567"}
    answer = school.update(**number, password="battery-staple-8", current_password="correct-horse-7")
    assert (answer.status, answer.json["mobile_number"]) == (200, "+923001234567")
    assert auth.password == "battery-staple-8"


def test_a_profile_changes_only_as_it_was_read(school: School, auth: Auth) -> None:
    shown = school.http.get("/student/profile", token=school.student.token)
    for tag, status in (('"7"', 412), ("x", 422), (shown.headers["etag"], 200), (shown.headers["etag"], 412)):
        body = {"city": "Karachi", "password": auth.password + "x", "current_password": auth.password}
        answer = school.http.post("/student/updateProfile", body, token=school.student.token, headers={"if-match": tag})
        assert answer.status == status, (tag, answer)
    assert [asked["action"] for asked in auth.asked] == ["change", "update_profile"]


def test_a_profile_that_auth_changed_is_another_version(school: School) -> None:
    shown = school.http.get("/student/profile", token=school.student.token).headers["etag"]
    change_account(school.student.id, city="Karachi")
    for fields in ({"city": "Multan"}, {"address": "12 Shahrah-e-Faisal"}):
        answer = school.http.post(
            "/student/updateProfile", fields, token=school.student.token, headers={"if-match": shown}
        )
        assert answer.status == 412
    assert school.http.get("/student/profile", token=school.student.token).headers["etag"] != shown


def test_what_is_known_of_an_erased_student_is_forgotten(school: School, bucket: Any) -> None:
    school.update(address="12 Shahrah-e-Faisal", name="Amina")
    school.consume(school.profile_event(version=2, city="Karachi"), school.result("90"))
    school.write(remarks="Amina is kind.", grade="B", reason="Amina appealed.")
    remove_card(school.student)
    erased = UserErased(user_id=school.student.id, version=3)
    school.consume(erased, erased, school.profile_event(version=2, city="Karachi"))
    assert _stored_text(school).isdisjoint({"12 Shahrah-e-Faisal", "Karachi", "Amina"})
    assert school.http.get(f"/students/{school.student.id}", token=school.admin.token).status == 404
    assert school.http.get("/students", token=school.admin.token).json["items"] == []
    for path in ("/student/profile", "/student/courseHistory"):
        assert school.http.get(path, token=school.student.token).problem == (403, "erased")
    assert school.update(city="x").problem == (403, "erased")


def _stored_text(school: School) -> set[str]:
    """Every word that is stored of the students, of those that a test put there."""
    from student.tables import ReportCard, Student

    stored = " ".join(str(item.serialize()) for table in (Student, ReportCard) for item in table.scan())
    return {word for word in ("12 Shahrah-e-Faisal", "Karachi", "Amina") if word in stored}


def test_who_is_erased_while_their_record_is_made_leaves_none(
    school: School, bucket: Any, meanwhile: Meanwhile
) -> None:
    from student.tables import Student

    def erase() -> None:
        remove_card(school.student)
        school.consume(UserErased(user_id=school.student.id, version=3))

    meanwhile(erase)
    assert school.http.get("/student/profile", token=school.student.token).problem == (403, "erased")
    assert list(Student.scan()) == []


def test_a_late_erasure_of_somebody_unknown_is_no_fault(school: School, bucket: Any, dead_letters: DeadLetters) -> None:
    school.consume(UserErased(user_id=school.teacher.id, version=9))
    assert dead_letters.all() == []
    assert school.http.get("/students", token=school.admin.token).json["items"] == []
