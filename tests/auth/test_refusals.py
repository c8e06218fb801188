"""What auth refuses in its own way; what all routes refuse is in `tests/authorization/test_refusals.py`."""

import json

from tests import hostile
from tests.auth.conftest import PASSWORD, Auth


def test_a_body_may_be_in_utf_16_or_begin_with_a_byte_order_mark(auth: Auth) -> None:
    text = '{"refresh_token": "x"}'
    for raw, status in (
        (text.encode("utf-16"), 401),
        (b"\xef\xbb\xbf" + text.encode(), 401),
        (text.encode().replace(b"x", b"\xff"), 422),
        (b"", 422),
        (b"null", 422),
        (json.dumps({f"f{n}": n for n in range(5_000)}).encode(), 422),
    ):
        answer = auth.http.post("/auth/refresh", raw=raw, headers={"content-type": "application/json"})
        assert answer.status == status, (raw, answer)


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
