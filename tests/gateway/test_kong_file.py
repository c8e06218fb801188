"""kong.yml: made from the functions, taken by the gateway, and letting nobody in whom a function would refuse."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.rules import ACCESS_LIFETIME
from operations.kong import generate
from operations.kong.generate import Route, declared_routes
from tests.gateway.echo import EchoHandler, EchoServer
from tests.gateway.running import RunningGateway, running
from tests.gateway.tokens import Keys

ROUTES = declared_routes()
SECRET = "the-gateways-own-secret-0123456789"
ROLES = ("student", "teacher", "admin")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[RunningGateway]:
    """The gateway as the stack starts it, with one person of each role."""
    with EchoServer(("127.0.0.1", 0), EchoHandler) as echo, pytest.MonkeyPatch.context() as environment:
        environment.setenv("UPSTREAM_URL", f"http://127.0.0.1:{echo.port}/base")
        environment.setenv("GATEWAY_SECRET", SECRET)
        with running(tmp_path_factory.mktemp("gateway"), generate.FILE.read_text()) as gateway:
            for role in ROLES:
                gateway.add_person(role, keys.pem["ec256-A.pub"], role)
            yield gateway


def token(keys: Keys, role: str, now: float) -> str:
    seconds = int(ACCESS_LIFETIME.total_seconds())
    claims = {"iss": role, "exp": {"$now": seconds}}
    return keys.token({"header": {"alg": "ES256"}, "claims": claims, "sign": "ec256-A"}, now)


def call(gateway: RunningGateway, route: Route, headers: dict[str, str]) -> tuple[int, list[str]]:
    """The status, and the gateway secrets that the upstream saw."""
    answer = gateway.proxy(route.methods[0], re.sub(r"\{[^}]+\}", "some.id", route.path), headers)
    if "echo" not in (answer.json if answer.body else {}):
        return answer.status, []
    return answer.status, [value for name, value in answer.json["headers"] if name.lower() == "x-gateway-secret"]


def test_the_file_is_what_the_functions_declare_now() -> None:
    assert generate.FILE.read_text() == generate.text(), "run `python -m operations.kong.generate`"


def test_every_route_has_a_name_of_its_own() -> None:
    names = [route.name for route in ROUTES]

    assert len(set(names)) == len(names)


def test_no_two_routes_match_one_request() -> None:
    both = [
        (first.path, second.path)
        for first, second in itertools.combinations(ROUTES, 2)
        if not set(first.methods).isdisjoint(second.methods) and _overlap(first.path, second.path)
    ]

    assert not both


def _overlap(first: str, second: str) -> bool:
    one, other = first.split("/"), second.split("/")
    return len(one) == len(other) and all(a == b or "{" in a or "{" in b for a, b in zip(one, other, strict=True))


def test_a_token_may_live_as_long_as_the_gateway_takes_it() -> None:
    assert ACCESS_LIFETIME.total_seconds() < generate.MAX_TOKEN_SECONDS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_lets_in_whom_its_function_names_and_nobody_else(
    route: Route, deployed: RunningGateway, keys: Keys
) -> None:
    spoofed = {"X-Gateway-Secret": "guess", "X-Consumer-Groups": "admin", "X-Consumer-Username": "admin"}
    if route.roles is None:
        assert call(deployed, route, spoofed) == (200, [SECRET])
        return
    assert call(deployed, route, spoofed) == (401, [])
    for role in ROLES:
        authorization = {"Authorization": f"Bearer {token(keys, role, deployed.clock())}"}
        expected = (200, [SECRET]) if role in route.roles else (403, [])
        assert call(deployed, route, spoofed | authorization) == expected


def test_head_is_let_through_wherever_get_is_and_nowhere_else() -> None:
    for route in ROUTES:
        assert ("HEAD" in route.methods) == ("GET" in route.methods)
        assert route.methods in (("GET", "HEAD"), route.methods[:1])


def test_a_head_comes_back_without_a_body(deployed: RunningGateway) -> None:
    shown, head = deployed.proxy("GET", "/programs/list"), deployed.proxy("HEAD", "/programs/list")

    assert (head.status, head.body) == (shown.status, b"")
    assert deployed.proxy("HEAD", "/auth/profile").status == 401


def test_the_root_and_what_is_below_it_reach_the_upstream_under_its_own_path(deployed: RunningGateway) -> None:
    assert deployed.proxy("GET", "/").json["target"] == "/base/"
    assert deployed.proxy("GET", "/docs/files/page.css").json["target"] == "/base/docs/files/page.css"


@pytest.mark.parametrize(
    "path",
    [
        "/auth/login/",
        "/auth/login/x",
        "/x/auth/login",
        "/auth/loginx",
        "/auth/profile/a/b",
        "/auth/profile/",
        "/AUTH/LOGIN",
    ],
)
def test_a_path_beside_a_route_is_no_route(path: str, deployed: RunningGateway) -> None:
    assert deployed.proxy("POST", path).status == 404
    assert deployed.proxy("GET", path).status == 404


def test_a_token_in_the_address_or_a_cookie_counts_for_nothing(deployed: RunningGateway, keys: Keys) -> None:
    admins = token(keys, "admin", deployed.clock())

    assert deployed.proxy("GET", f"/auth/profile?jwt={admins}").status == 401
    assert deployed.proxy("GET", "/auth/profile", {"Cookie": f"jwt={admins}"}).status == 401


@pytest.mark.parametrize("given", ["a:b", "x" * 7000, "mine"])
def test_the_gateway_sends_no_request_id_back_and_its_refusals_have_one_id(
    given: str, deployed: RunningGateway
) -> None:
    passed = deployed.proxy("GET", "/programs/list", {"X-Request-ID": given, "X-Kong-Request-Id": given})
    refused = deployed.proxy("GET", "/auth/profile", {"X-Request-ID": given, "X-Kong-Request-Id": given})
    unknown = deployed.proxy("GET", "/nowhere", {"X-Request-ID": given, "X-Kong-Request-Id": given})

    # The function decides whether it likes the client's id, and has the gateway's beside it.
    seen = {name.lower(): value for name, value in passed.json["headers"]}
    assert (seen["x-request-id"], seen["x-kong-request-id"]) == (given, passed.header("X-Kong-Request-Id"))
    assert (refused.status, unknown.status) == (401, 404)
    assert unknown.json["request_id"] == unknown.header("X-Kong-Request-Id")
    for answer in (passed, refused, unknown):
        assert answer.header("X-Request-ID") is None
        assert answer.header("X-Kong-Request-Id") != given


def test_a_browser_gets_leave_without_a_token(deployed: RunningGateway) -> None:
    asked = {"Origin": "https://lms.test", "Access-Control-Request-Method": "PUT"}

    answer = deployed.proxy("OPTIONS", "/auth/profile", asked)

    assert answer.status == 200
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert "PUT" in (answer.header("Access-Control-Allow-Methods") or "")


def test_a_body_over_256_kb_is_refused(deployed: RunningGateway) -> None:
    assert deployed.proxy("POST", "/auth/register", body=b"a" * (256 * 1024)).status == 200
    assert deployed.proxy("POST", "/auth/register", body=b"a" * (256 * 1024 + 1)).status == 413


def test_strangers_are_counted_by_address_and_route_and_people_by_themselves(
    deployed: RunningGateway, keys: Keys
) -> None:
    stranger = deployed.proxy("POST", "/auth/login")
    person = deployed.proxy(
        "GET", "/auth/profile", {"Authorization": f"Bearer {token(keys, 'student', deployed.clock())}"}
    )

    assert stranger.header("RateLimit-Limit") == str(20 * generate.LOCAL_FACTOR)
    assert person.header("RateLimit-Limit") == str(600 * generate.LOCAL_FACTOR)


def test_an_outdated_file_fails_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "FILE", tmp_path / "kong.yml")
    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    assert generate.main() == 1
    monkeypatch.setattr("sys.argv", ["generate"])
    assert generate.main() == 0
    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    assert generate.main() == 0
