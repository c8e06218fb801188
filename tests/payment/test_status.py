"""A student's latest voucher by roll number and password, against auth itself."""

from io import BytesIO, StringIO
from typing import Any

import pytest

from lms import credentials
from tests.auth.conftest import PASSWORD, Auth, SignedIn, auth, kong, log
from tests.clients import Answer
from tests.journeys.world import FunctionsByName
from tests.payment.conftest import Payment

__all__ = ["auth", "kong", "log"]


class Lambda(FunctionsByName):
    """Lambda's `invoke`, and a way for it to fail."""

    down = False

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        if self.down:
            return {"FunctionError": "Unhandled", "Payload": BytesIO(b"{}")}
        return super().invoke(FunctionName=FunctionName, Payload=Payload)


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> Lambda:
    fake = Lambda()
    monkeypatch.setattr(credentials, "_lambda", lambda: fake)
    return fake


class Desk:
    """Amina, who has an account, and her vouchers."""

    def __init__(self, auth: Auth, payment: Payment) -> None:
        self.auth, self.payment = auth, payment
        self.amina: SignedIn = auth.student("amina")
        self.roll_no: str = auth.profile(self.amina.token)["roll_no"]
        self.admin = auth.staff("admin")

    def issue(self, **fields: Any) -> Any:
        body = self.payment.body(**{"student_id": self.amina.id, **fields})
        answer = self.payment.http.post("/payments/vouchers", body, token=self.admin.token)
        assert answer.status == 201, answer
        return answer.json

    def ask(self, roll_no: str | None = None, password: str = PASSWORD, ip: str = "203.0.113.7") -> Answer:
        body = {"StudentRollNo": self.roll_no if roll_no is None else roll_no, "Password": password}
        return self.payment.http.post("/student/payment", body, headers={"x-real-ip": ip})


@pytest.fixture
def desk(payment: Payment, auth: Auth, invoked: Lambda) -> Desk:
    from lms.tokens import JWKS_NAME, PublicKeys

    # Auth's own key signs here, and has the same name.
    PublicKeys(name=JWKS_NAME).delete()
    return Desk(auth, payment)


def test_the_latest_voucher_is_shown_in_the_founding_shape(desk: Desk) -> None:
    desk.issue(quarter="Q3")
    voucher = desk.issue()
    answer = desk.ask()
    assert (answer.status, answer.json) == (
        200,
        {
            "Course": "Generative AI",
            "Quarter": "Q4",
            "Fee": "5000 Rs",
            "VoucherNo": voucher["voucher_no"],
            "Payment": "Unpaid",
            "Date": None,
        },
    )
    assert answer.headers["cache-control"] == "no-store"
    desk.payment.http.post(f"/payments/vouchers/{voucher['voucher_no']}/confirm", token=desk.admin.token)
    paid = desk.ask(desk.roll_no.lower()).json
    assert (paid["Payment"], paid["Date"]) == ("Paid", desk.payment.clock().isoformat().replace("+00:00", "Z"))


def test_a_voucher_whose_day_has_passed_is_shown_as_overdue(desk: Desk) -> None:
    with desk.payment.on_day(yesterday := desk.payment.day(-1)):
        desk.issue(due_date=yesterday)
    assert desk.ask().json["Payment"] == "Overdue"


def test_only_the_right_password_shows_that_there_is_no_voucher(desk: Desk) -> None:
    assert desk.ask().status == 404
    assert desk.ask(password="wrong-password").status == 401


def test_every_wrong_pair_gets_the_same_answer(desk: Desk) -> None:
    desk.issue()
    answers = [
        desk.ask(password="wrong-password"),
        desk.ask("UNHEARDOF"),
        # Good at sign-in, but no roll numbers.
        desk.ask("amina"),
        desk.ask("amina@example.com"),
        desk.ask("the-admin"),
    ]
    shown = {(answer.status, answer.json["detail"], answer.json["type"]) for answer in answers}
    assert shown == {(401, "The roll number or the password is wrong.", "about:blank")}


def test_guessing_slows_down_here_and_at_sign_in_alike(desk: Desk) -> None:
    for _ in range(6):
        assert desk.ask(password="wrong-password").status == 401
    answer = desk.ask()
    assert (answer.status, int(answer.headers["retry-after"]) >= 1) == (429, True)
    assert desk.auth.login(desk.roll_no).status == 429


def test_only_the_right_password_shows_that_a_student_is_disabled(desk: Desk) -> None:
    desk.issue()
    path = f"/auth/users/{desk.amina.id}"
    assert desk.auth.http.patch(path, {"status": "disabled"}, token=desk.admin.token).status == 200
    assert desk.ask().status == 403
    assert desk.ask(password="wrong-password").status == 401


def test_while_auth_cannot_answer_it_is_503(desk: Desk, invoked: Lambda) -> None:
    desk.issue()
    invoked.down = True
    answer = desk.ask()
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_neither_password_nor_roll_number_is_logged(desk: Desk, log: StringIO) -> None:
    desk.issue()
    desk.ask()
    desk.ask(password="another-secret-9")
    assert "/student/payment" in log.getvalue()
    for secret in (PASSWORD, "another-secret-9", desk.roll_no):
        assert secret not in log.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"StudentRollNo": "ABC"},
        {"StudentRollNo": "", "Password": "x"},
        {"StudentRollNo": "ABC", "Password": ""},
        {"StudentRollNo": "ABC", "Password": "x" * 129},
        {"StudentRollNo": "ABC", "Password": "\ud800"},
        {"StudentRollNo": "A\u0000", "Password": "x"},
        {"StudentRollNo": 123, "Password": "x"},
        {"StudentRollNo": "ABC", "Password": "x", "Course": "y"},
        {"student_roll_no": "ABC", "password": "x"},
    ],
)
def test_a_bad_question_is_refused_without_asking_auth(payment: Payment, body: Any) -> None:
    answer = payment.http.post("/student/payment", body)
    assert (answer.status, problem_loc(answer)) == (422, "body")


def problem_loc(answer: Answer) -> Any:
    return answer.json["errors"][0]["loc"][0]
