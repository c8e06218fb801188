"""Whom an e-mail address or a roll number leads to, as the Roster says to every service."""

from uuid import UUID

import pytest

from tests.auth.conftest import PASSWORD, Auth, Desk, SignedIn


def _known(*names: str) -> dict[str, UUID]:
    from lms import roster

    return roster.find_by_name(names)


def _confirm_email(auth: Auth, who: SignedIn) -> None:
    verify_id = auth.http.post("/auth/verify/start", {"channel": "email"}, token=who.token).json["verify_id"]
    body = {"verify_id": verify_id, "code": auth.sent(verify_id).code}
    assert auth.http.post("/auth/verify", body, token=who.token).status == 200


def test_a_student_is_found_by_email_and_roll_number_whatever_their_case(auth: Auth) -> None:
    student = auth.student("amina")
    roll_no = auth.http.get("/auth/profile", token=student.token).json["roll_no"]
    _confirm_email(auth, student)
    names = ["amina@example.com", "AMINA@Example.com", roll_no, roll_no.lower()]
    assert _known(*names, "nobody@example.com", "0000000000") == dict.fromkeys(names, UUID(student.id))


def test_an_address_that_somebody_registered_with_leads_to_them_once_it_is_confirmed(auth: Auth) -> None:
    from lms import roster

    student, address = auth.student("amina"), "amina@example.com"
    assert _known(address) == {}
    assert roster.find_unconfirmed([address]) == {address}
    _confirm_email(auth, student)
    assert _known(address) == {address: UUID(student.id)}
    # Other changes of theirs leave it so.
    assert auth.http.put("/auth/profile", {"name": "Amina Khan"}, token=student.token).status == 200
    assert _known(address) == {address: UUID(student.id)}


@pytest.mark.parametrize("by", ["code", "link"])
def test_a_reset_by_mail_confirms_the_address(auth: Auth, by: str) -> None:
    student = auth.student("amina")
    reset_id = auth.forget(email=student.email)
    sent = auth.sent(reset_id)
    answer = auth.reset(reset_id, sent.code) if by == "code" else auth.reset_by_link(sent.link or "")
    assert answer.status == 200
    assert _known(student.email) == {student.email: UUID(student.id)}


def test_an_address_that_an_administrator_gave_leads_to_the_person_before_and_after_they_use_the_link(
    auth: Auth, desk: Desk
) -> None:
    form = {"username": "bilal", "email": "bilal@example.com", "is_type": "student", "name": "Bilal"}
    bilal = UUID(desk.create(form).json["user_id"])
    assert _known("bilal@example.com") == {"bilal@example.com": bilal}
    auth.process_events()
    assert _known("bilal@example.com") == {"bilal@example.com": bilal}
    sana = auth.staff("student", "sana")
    assert _known(sana.email) == {sana.email: UUID(sana.id)}


def test_a_new_address_takes_the_place_of_the_old_one_once_it_is_confirmed(auth: Auth) -> None:
    student = auth.student("amina")
    _confirm_email(auth, student)
    for address in ("AMINA@example.com", "new@example.com"):
        body = {"email": address, "current_password": PASSWORD}
        assert auth.http.put("/auth/profile", body, token=student.token).status == 200
        assert _known(address, "amina@example.com") == {}
        _confirm_email(auth, student)
        assert _known(address) == {address: UUID(student.id)}
    assert _known("amina@example.com") == {}


def test_an_erased_person_is_found_by_nothing(auth: Auth) -> None:
    student = auth.student("amina")
    _confirm_email(auth, student)
    roll_no = auth.http.get("/auth/profile", token=student.token).json["roll_no"]
    assert auth.desk.erase(student.id).status == 204
    assert _known("amina@example.com", roll_no) == {}
