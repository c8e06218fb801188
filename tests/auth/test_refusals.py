"""Refusals over all routes: their order (413, 401, 403, 422), their shape, and that nothing is ever a 500 by itself."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth import api
from auth.service import profiles
from tests import hostile
from tests.auth.conftest import PASSWORD, Auth, SignedIn

SOMEBODY = "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"
ROUTES = [(method, path.replace("{user_id}", SOMEBODY), roles) for method, path, roles in hostile.routes(api.app)]
CLOSED = [(method, path, roles) for method, path, roles in ROUTES if roles is not None]
EVERYTHING_WRONG: dict[str, Any] = {
    "body": {"nobody": "knows this field"},
    "query": {"limit": "0", "cursor": "x", "status": "x", "email": "x", "username": "x"},
    "headers": {"if-match": "x", "idempotency-key": "x" * 200},
}
HOSTILE_BODIES = {
    **hostile.BODIES,
    "nothing": b"",
    "null": b"null",
    "NaN": b"NaN",
    "UTF-16": '{"username": "amina"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"username": "amina"}',
    "a huge integer": b'{"username": ' + b"9" * 5_000 + b"}",
    "deep objects": b'{"a":' * 50_000,
    "a lone surrogate as name": b'{"\\ud800": 1}',
    "many fields": json.dumps({f"f{n}": n for n in range(5_000)}).encode(),
    "repeated fields": b'{"username": "a", "username": {}}',
}


def test_whatever_else_is_wrong_who_is_not_signed_in_gets_401(auth: Auth) -> None:
    for method, path, _ in CLOSED:
        answer = auth.http(method, path, **EVERYTHING_WRONG)
        assert answer.status == 401, (method, path, answer)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert hostile.is_refusal(answer)


def test_whatever_else_is_wrong_who_has_another_role_gets_403(auth: Auth) -> None:
    tokens = {"student": auth.student().token, "teacher": auth.staff("teacher").token}
    refused = 0
    for method, path, roles in CLOSED:
        for token in (token for role, token in tokens.items() if role not in roles):
            answer = auth.http(method, path, token=token, **EVERYTHING_WRONG)
            assert answer.status == 403, (method, path, answer)
            assert auth.http(method, path.replace(SOMEBODY, "no-uuid"), token=token).status == 403
            refused += 1
    assert refused == 16


def test_a_body_over_256_kb_is_refused_before_all_else(auth: Auth) -> None:
    for method, path, _ in ROUTES:
        headers = {"x-gateway-secret": "none", "content-type": "application/json"}
        answer = auth.http(method, path, raw=b" " * (256 * 1024 + 1), headers=headers)
        assert answer.status == 413, (method, path)
        assert hostile.is_refusal(answer)


def test_a_body_of_256_kb_is_read(auth: Auth) -> None:
    body = json.dumps({"refresh_token": "x"}).encode()
    padded = body + b" " * (256 * 1024 - len(body))
    assert auth.http.post("/auth/refresh", raw=padded, headers={"content-type": "application/json"}).status == 401


def test_nobody_gets_past_the_gateway(auth: Auth, admin: SignedIn) -> None:
    for method, path, _ in ROUTES:
        for secret in ("", "x", auth.http.headers["x-gateway-secret"] + "x", "é"):
            answer = auth.http(method, path, token=admin.token, headers={"x-gateway-secret": secret})
            assert answer.status == 403, (method, path)
            assert hostile.is_refusal(answer)


def test_unknown_paths_and_methods_are_problems_too(auth: Auth) -> None:
    for path in ("/", "/auth", "/auth/", "/auth/profile/", "/auth/users/x/y", "/auth/register/", "/docs", "/AUTH"):
        answer = auth.http.get(path)
        assert answer.status == 404, path
        assert hostile.is_refusal(answer)
    answer = auth.http.delete("/auth/register")
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    assert hostile.is_refusal(answer)


def test_a_problem_says_what_rfc_9457_and_the_contract_ask_for(auth: Auth) -> None:
    answer = auth.http.post("/auth/register", {"username": "a"}, headers={"x-request-id": "my-request"})
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert (problem["status"], problem["instance"], problem["request_id"]) == (422, "/auth/register", "my-request")
    assert answer.headers["x-request-id"] == "my-request"
    assert all(set(fault) == {"loc", "msg", "type"} for fault in problem["errors"])


def test_a_request_id_that_would_not_fit_a_log_line_is_replaced(auth: Auth) -> None:
    for given_id in ("x" * 129, 'a"b', "a b", "a\nb", "é"):
        answer = auth.http.get("/auth/.well-known/jwks.json", headers={"x-request-id": given_id})
        assert answer.headers["x-request-id"] != given_id
        assert len(answer.headers["x-request-id"]) == 36


def test_a_fault_of_ours_is_a_plain_500_without_its_reason(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    student = auth.student()

    def fail(_: object) -> None:
        raise RuntimeError("table lms-users on host 10.0.0.1")

    monkeypatch.setattr(profiles, "show", fail)
    answer = auth.http.get("/auth/profile", token=student.token)
    assert (answer.status, answer.json["status"]) == (500, 500)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "lms-users" not in answer.text
    assert answer.headers["x-request-id"]


def test_bodies_that_are_none_are_refused_everywhere(auth: Auth, admin: SignedIn) -> None:
    for method, path, _ in ROUTES:
        if method in ("GET", "DELETE") or path == "/auth/session/refresh" or path.endswith("/invite"):
            continue
        for name, raw in HOSTILE_BODIES.items():
            headers = {"content-type": "application/json", "x-requested-with": "fetch"}
            answer = auth.http(method, path, token=admin.token, raw=raw, headers=headers)
            # In UTF-16, and behind a byte order mark, it is JSON all the same, and a username can be changed.
            assert answer.status in ((404, 422) if method == "PATCH" else (422,)), (method, path, name, answer)
            assert hostile.is_refusal(answer)


def test_a_body_counts_only_as_what_it_says_it_is(auth: Auth) -> None:
    raw = b'{"refresh_token": "x"}'
    for kind, status in (
        ("application/json", 401),
        ("application/json; charset=x", 401),
        ("text/plain", 422),
        ("application/x-www-form-urlencoded", 422),
        ("application/xml", 422),
        ("", 422),
        ("/", 422),
        ("\x00", 422),
    ):
        assert auth.http.post("/auth/refresh", raw=raw, headers={"content-type": kind}).status == status, kind


def test_forms_that_are_none_are_refused(auth: Auth) -> None:
    auth.student("amina")
    parts = b'--X\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    surrogates = parts % (b"username", b"\\ud800") + parts % (b"password", b"\\udfff") + b"--X--\r\n"
    upload = b'--X\r\nContent-Disposition: form-data; name="username"; filename="a"\r\n\r\na\r\n--X--\r\n'
    for path in ("/auth/login", "/instructors/login"):
        for kind, raw in (
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=X", b"x"),
            ("multipart/form-data; boundary=X", upload),
            ("multipart/form-data; boundary=X; charset=unicode_escape", surrogates),
            ("multipart/form-data; boundary=X; charset=undefined", surrogates),
            ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 3_000)),
            ("application/x-www-form-urlencoded", b"\xff\xff\xff"),
            ("application/x-www-form-urlencoded", b"username=%zz&pass"),
            ("text/plain", b"username=amina&password=" + PASSWORD.encode()),
        ):
            answer = auth.http.post(path, raw=raw, headers={"content-type": kind})
            assert answer.status == 422, (path, kind, raw[:20], answer)
            assert hostile.is_refusal(answer)


def test_paths_that_name_nobody_are_refused(auth: Auth, admin: SignedIn) -> None:
    for name in ("x", "%", "%zz", "%ff", "%00", "%ed%a0%80", "..", "%2e%2e", "1" * 5_000, SOMEBODY + "%00", "'", "{}"):
        answer = auth.http.get(f"/auth/profile/{name}", token=admin.token)
        assert answer.status == 422, (name, answer)
        assert hostile.is_refusal(answer)


def test_headers_that_a_client_makes_up_break_nothing(auth: Auth) -> None:
    made_up = (
        ("x-forwarded-port", "x"),
        ("host", "a:b:c"),
        ("host", ""),
        ("content-length", "-1"),
        ("cookie", "\x00"),
        ("accept", "\xff"),
        ("x-real-ip", "not an address " * 100),
    )
    for tries, (name, value) in enumerate(made_up):
        answer = auth.http.post("/auth/login", form={"username": f"x{tries}", "password": "y"}, headers={name: value})
        assert answer.status == 401, (name, value, answer)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_PLAUSIBLE = st.sampled_from(
    [PASSWORD, "amina", "amina@example.com", SOMEBODY, "123456", f"{'f' * 32}.x", "\ud800", "\x00", "student", "email"]
)
_FIELDS = sorted({field for model in vars(api).values() for field in getattr(model, "model_fields", ())})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    body=_JSON | st.dictionaries(st.sampled_from(_FIELDS), _PLAUSIBLE | _JSON, max_size=6),
    query=st.dictionaries(
        st.sampled_from(["limit", "cursor", "is_type", "status", "email", "username", "roll_no"]),
        st.text(max_size=30),
        max_size=3,
    ),
    headers=st.dictionaries(
        st.sampled_from(["if-match", "idempotency-key", "authorization", "x-real-ip"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30),
        max_size=2,
    ),
    signed_in=st.booleans(),
)
def test_no_request_is_ever_a_fault_of_the_server(
    auth: Auth, admin: SignedIn, route: Any, body: Any, query: Any, headers: dict[str, str], signed_in: bool
) -> None:
    method, path, _ = route
    token = admin.token if signed_in and "authorization" not in headers else None
    answer = auth.http(method, path, body, query=query, headers=headers, token=token)
    assert answer.status < 500, answer
    assert answer.status < 400 or hostile.is_refusal(answer)
    for secret in ("$argon2", "Traceback", "consumer_id", "issuer"):
        assert secret not in answer.text
