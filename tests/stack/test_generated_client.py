"""The README's tour through a client that openapi-python-client makes of docs/openapi.json, with what is refused."""

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.generated.generators import python_client
from tests.stack.clients import code_in, eventually, newest_mail
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack
NAME, EMAIL, PASSWORD, NEW_PASSWORD = "noor", "noor@example.com", "a-long-Walk-7", "a-longer-Walk-8"


class GeneratedClient:
    """Calls operations by their names; `models` are the generated types. Everything is parsed by the client alone."""

    def __init__(self, folder: Path, url: str) -> None:
        api = folder / "lms_client" / "api"
        self._modules = {path.stem: f"lms_client.api.{path.parent.name}.{path.stem}" for path in api.rglob("*.py")}
        self._package = importlib.import_module("lms_client")
        self._options = {"base_url": url, "timeout": 120, "httpx_args": {"trust_env": False}}
        self.models: Any = importlib.import_module("lms_client.models")

    def call(self, operation: str, *ids: Any, token: str | None = None, **arguments: Any) -> Any:
        """The status and the parsed answer."""
        client = self._package.Client(**self._options)
        if token is not None:
            client = self._package.AuthenticatedClient(token=token, **self._options)
        function = importlib.import_module(self._modules[operation]).sync_detailed
        answer = function(*ids, client=client, **arguments)
        return answer.status_code, answer.parsed

    def done(self, operation: str, *ids: Any, **arguments: Any) -> Any:
        status, parsed = self.call(operation, *ids, **arguments)
        assert status < 300, (operation, status, parsed)
        assert not isinstance(parsed, self.models.Refusal)
        return parsed

    def refused(self, status: int, operation: str, *ids: Any, **arguments: Any) -> Any:
        """The refusal, by the one type that all have."""
        found, parsed = self.call(operation, *ids, **arguments)
        assert found == status, (operation, found, parsed)
        assert isinstance(parsed, self.models.Refusal)
        assert parsed.detail or parsed.message
        return parsed

    def sign_in(self, name: str, password: str, operation: str = "login_user") -> str:
        """An access token, as soon as the account is set up; until then the refusal says so."""
        form = self.models.LoginForm if operation == "login_user" else self.models.InstructorLoginForm

        def attempt() -> str | None:
            status, parsed = self.call(operation, body=form(username=name, password=password))
            if status == 409:
                assert parsed.type_ is self.models.RefusalType.PROVISIONING
                return None
            assert status == 200, parsed
            token: str = parsed.access_token
            return token

        return eventually(attempt)


@pytest.fixture
def lms(school: StackUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GeneratedClient]:
    python_client(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield GeneratedClient(tmp_path, school.settings.gateway_url)
    for name in [name for name in sys.modules if name.partition(".")[0] == "lms_client"]:
        del sys.modules[name]


def test_the_tour_of_the_readme_through_a_generated_client(lms: GeneratedClient, school: StackUnderTest) -> None:
    models, types = lms.models, lms.models.RefusalType
    demo = school.settings.demo_password

    # Register, forget the password.
    newcomer = models.Registration(username=NAME, password=PASSWORD, email=EMAIL, country=models.Country.PK)
    lms.done("register_student", body=newcomer)
    assert lms.refused(409, "register_student", body=newcomer).type_ is types.USERNAME_TAKEN
    invalid = lms.refused(422, "register_student", body=models.Registration(username="x", password="y", email="z"))
    assert {fault.loc[-1] for fault in invalid.errors} == {"username", "password", "email"}
    old_token = lms.sign_in(NAME, PASSWORD)
    asked = lms.done("request_password_reset", body=models.ForgotPassword(email=EMAIL))
    code = code_in(newest_mail(school, EMAIL, "reset the password"))
    reset = models.ResetPassword(reset_id=asked.reset_id, code=code, new_password=NEW_PASSWORD)
    lms.done("reset_password", body=reset)
    by_gateway = lms.refused(401, "get_own_account", token=old_token)
    assert by_gateway.message
    assert not by_gateway.detail

    # Who may read whom.
    token = lms.sign_in(EMAIL, NEW_PASSWORD)
    admin = lms.sign_in("admin@demo.example", demo)
    me = lms.done("get_own_account", token=token)
    assert lms.done("get_account", me.id, token=admin).username == NAME
    assert lms.refused(403, "get_account", me.id, token=token).message == "You cannot consume this service"

    # The catalogue, and a course.
    program = lms.done("list_programs").items[0]
    course = lms.done("list_courses", program.id).items[0]
    lms.done("enroll_student", course.id, token=token, body=models.Enroll())
    assert lms.refused(409, "enroll_student", course.id, token=token, body=models.Enroll()).type_ is types.ENROLLED
    chapter = lms.done("get_course", course.id, token=token).table_of_contents[0]
    assert chapter.topics

    # Its teacher adds a lesson and an exam.
    teacher = lms.sign_in("teacher@demo.example", demo, "login_instructor")
    module = lms.done("list_modules", course.id, token=teacher).items[0]
    lesson = models.NewLesson(title="Streaming", content_url="https://example.com/streaming", duration=900)
    lms.done("create_lesson", module.id, token=teacher, body=lesson)
    assert lms.done("list_lessons", module.id, token=token).items[-1].title == "Streaming"
    exam = lms.done(
        "create_exam",
        token=teacher,
        body=models.NewExam(
            course_id=course.id,
            title="First test",
            duration=30,
            exam_date=datetime.now(UTC),
            release=models.ReleaseMode.ONSUBMIT,
        ),
    )
    choices = [models.ChoiceBody(id=letter, text=text) for letter, text in (("a", "The agent"), ("b", "The tool"))]
    asks = models.NewQuestion(
        question_text="Which of them plans?",
        kind=models.QuestionKind.SINGLE,
        choices=choices,
        correct_answer="a",
        points=2,
    )
    question = lms.done("create_question", exam.id, token=teacher, body=asks)
    lms.done("update_exam", exam.id, token=teacher, body=models.ExamUpdate(published=True))

    # The student sits it.
    attempt = lms.done("start_attempt", exam.id, token=token)
    answers = models.SaveAnswersBody.from_dict({str(question.id): "a"})
    lms.done("save_answers", attempt.id, token=token, body=answers)
    lms.done("submit_attempt", attempt.id, token=token)
    result = lms.done("get_result", exam.id, me.id, token=token)
    assert (result.score, result.status) == (100, models.ResultStatus.PASSED)

    def grades() -> list[str] | None:
        cards = lms.done("list_own_report_cards", token=token).items
        return [card.grade for card in cards if card.grade] or None

    assert eventually(grades) == ["A"]

    # The fee.
    fee = {"student_id": me.id, "course_id": course.id, "quarter": "Q4", "fee": "5000.00"}
    issued = models.NewVoucher(**fee, due_date=datetime.now(UTC).date())
    voucher = lms.done("issue_voucher", token=admin, body=issued)
    assert lms.refused(409, "issue_voucher", token=admin, body=issued).type_ is types.UNPAID_VOUCHER
    who = models.StatusRequest(student_roll_no=me.roll_no, password=NEW_PASSWORD)
    assert lms.done("check_payment", body=who).payment is models.PaymentState.UNPAID
    lms.done("confirm_voucher", voucher.voucher_no, token=admin)
    assert lms.done("check_payment", body=who).payment is models.PaymentState.PAID
