"""Whom an e-mail address or a roll number belongs to, as the Roster tells every service."""

from uuid import UUID

from tests.auth.conftest import PASSWORD, Auth


def test_a_student_is_found_by_email_and_roll_number_whatever_their_case(auth: Auth) -> None:
    from lms import roster

    student = auth.student("amina")
    roll_no = auth.http.get("/auth/profile", token=student.token).json["roll_no"]
    names = ["amina@example.com", "AMINA@Example.com", roll_no, roll_no.lower()]
    assert roster.find_by_name([*names, "nobody@example.com", "0000000000"]) == dict.fromkeys(names, UUID(student.id))


def test_a_new_address_takes_the_place_of_the_old_one(auth: Auth) -> None:
    from lms import roster

    student = auth.student("amina")
    for address in ("AMINA@example.com", "new@example.com"):
        body = {"email": address, "current_password": PASSWORD}
        assert auth.http.put("/auth/profile", body, token=student.token).status == 200
        assert roster.find_by_name([address]) == {address: UUID(student.id)}
    assert roster.find_by_name(["amina@example.com"]) == {}


def test_an_erased_person_is_found_by_nothing(auth: Auth) -> None:
    from lms import roster

    student, admin = auth.student("amina"), auth.staff("admin")
    roll_no = auth.http.get("/auth/profile", token=student.token).json["roll_no"]
    assert auth.http.delete(f"/auth/users/{student.id}", token=admin.token).status == 204
    assert roster.find_by_name(["amina@example.com", roll_no]) == {}
