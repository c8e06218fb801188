"""Signing in: POST /auth/login, POST /instructors/login."""

from tests.auth.conftest import Auth


def test_a_registered_student_signs_in_by_username_email_or_roll_number(auth: Auth) -> None:
    student = auth.student("amina")
    roll_no = auth.http.get("/auth/profile", token=student.token).json["roll_no"]
    for name in ("amina", "AMINA", "amina@example.com", roll_no):
        answer = auth.login(name)
        assert answer.status == 200, answer
        assert answer.json["token_type"] == "bearer"
        assert answer.json["expires_in"] == 900


def test_an_admin_reads_another_persons_profile(auth: Auth) -> None:
    student, admin = auth.student(), auth.staff("admin")
    assert auth.http.get(f"/auth/profile/{student.id}", token=admin.token).json["username"] == "amina"
    assert auth.http.get(f"/auth/profile/{student.id}", token=student.token).status == 403
