"""What every route refuses, and that no request is a fault of the server."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms import credentials
from lms.errors import Unauthorized
from payment import api
from tests import hostile
from tests.payment.conftest import Payment

ROUTES = hostile.routes(api.app)
FIELDS = [
    "StudentRollNo",
    "Password",
    "student_id",
    "course_id",
    "quarter",
    "fee",
    "currency",
    "due_date",
    "event_id",
    "voucher_no",
    "amount",
    "paid_at",
    "reference",
]
PLAUSIBLE = (
    st.text(st.characters(codec=None), max_size=30)
    | st.sampled_from(
        ["5000.00", "PKR", "USD", "2027-03-01", "9999-12-31", "2027-01-05T10:00:00Z", "\ud800", 5000, 0.1]
    )
    | st.uuids().map(str)
)
queries = st.dictionaries(
    st.sampled_from(["limit", "cursor", "status", "student_id"]),
    st.sampled_from(["paid", "unpaid", "Overdue", "1", "100"]) | st.text(max_size=40),
    max_size=3,
)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Auth knows no pair."""

    def refuse(*_: str) -> None:
        raise Unauthorized

    monkeypatch.setattr(credentials, "check", refuse)


def test_who_may_call_is_as_the_contract_says() -> None:
    assert {(method, path): roles and set(roles) for method, path, roles in ROUTES} == {
        ("POST", "/student/payment"): None,
        ("GET", "/student/payment"): {"student"},
        ("POST", "/payments/vouchers"): {"admin"},
        ("GET", "/payments/vouchers"): {"admin"},
        ("POST", "/payments/vouchers/{voucher_no}/confirm"): {"admin"},
        ("POST", "/payments/webhook"): None,
    }


def test_a_body_over_256_kb_is_refused_before_all_else(payment: Payment) -> None:
    for method, path, _ in ROUTES:
        answer = payment.http(method, path, raw=b" " * (256 * 1024 + 1), headers={"x-gateway-secret": "none"})
        assert answer.status == 413, (method, path)


def test_bodies_that_are_none_are_refused(payment: Payment) -> None:
    for path in ("/student/payment", "/payments/vouchers", "/payments/webhook"):
        for name, raw in hostile.BODIES.items():
            headers = {"content-type": "application/json", "x-signature": payment.sign(raw)}
            answer = payment.http.post(path, raw=raw, token=payment.admin.token, headers=headers)
            assert answer.status == 422, (path, name, answer)
            assert hostile.is_refusal(answer)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=hostile.bodies(FIELDS, PLAUSIBLE),
    fits=st.booleans(),
    query=queries,
    headers=hostile.headers,
    signed=st.booleans(),
    role=st.sampled_from(["student", "admin"]),
    given_no=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=70),
)
@pytest.mark.usefixtures("nobody")
def test_no_request_is_ever_a_fault_of_the_server(
    payment: Payment,
    route: Any,
    body: Any,
    fits: bool,
    query: Any,
    headers: Any,
    signed: bool,
    role: str,
    given_no: str,
) -> None:
    method, path, _ = route
    if fits and isinstance(body, dict):
        whole = payment.notice("X") if path == "/payments/webhook" else payment.body()
        body = whole | {name: value for name, value in body.items() if name in whole}
    raw = json.dumps(body).encode()
    headers = {**headers, "content-type": "application/json"} | ({"x-signature": payment.sign(raw)} if signed else {})
    answer = payment.http(
        method,
        path.format(voucher_no=given_no),
        raw=raw,
        query=query,
        headers=headers,
        token=getattr(payment, role).token,
    )
    assert answer.status < 400 or hostile.is_refusal(answer), answer
