"""The Admin API as accounts use it; the answers are those of a real Kong 3.9.1."""

import re
from pathlib import Path

import pytest

from tests.gateway.echo import EchoServer
from tests.gateway.running import JWT, RunningGateway, document, person, route, running
from tests.gateway.tokens import Keys

ANN, BOB, NOBODY = (f"/consumers/{person(name)}" for name in ("ann", "bob", "nobody"))


@pytest.fixture(autouse=True)
def _people(gateway: RunningGateway) -> None:
    for path, name in ((ANN, "ann"), (BOB, "bob")):
        gateway.admin("PUT", path, {"username": name, "custom_id": f"c-{name}"})


def test_a_consumer_is_made_and_renamed_under_its_id(gateway: RunningGateway) -> None:
    answer = gateway.admin("PUT", ANN, {"username": "anna", "custom_id": "c-anna"})

    assert answer.status == 200
    consumer = answer.json
    assert all(isinstance(consumer.pop(name), int) for name in ("created_at", "updated_at"))
    assert consumer == {"id": person("ann"), "username": "anna", "custom_id": "c-anna", "tags": None}


@pytest.mark.parametrize("body", [{"username": "bob"}, {"username": "ann", "custom_id": "c-bob"}])
def test_a_name_belongs_to_one_consumer(body: dict[str, str], gateway: RunningGateway) -> None:
    answer = gateway.admin("PUT", ANN, body)

    assert (answer.status, answer.json["name"]) == (409, "unique constraint violation")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"username": 12}, "username: expected a string"),
        ({"username": "x", "nope": 1}, "nope: unknown field"),
        ({}, "at least one of these fields must be non-empty"),
    ],
)
def test_a_consumer_that_breaks_the_schema_is_refused(
    body: dict[str, object], fault: str, gateway: RunningGateway
) -> None:
    answer = gateway.admin("PUT", ANN, body)

    assert (answer.status, answer.json["code"]) == (400, 2)
    assert fault in answer.json["message"]


@pytest.mark.parametrize("body", [[1, 2], "text"])
def test_a_body_that_is_no_object_is_refused(body: object, gateway: RunningGateway) -> None:
    assert gateway.admin("PUT", ANN, body).status == 400


def test_a_group_is_given_once_however_often_it_is_put(gateway: RunningGateway) -> None:
    first, second = (gateway.admin("PUT", f"{ANN}/acls/gold").json for _ in range(2))

    assert first == second
    assert (first["group"], first["consumer"], first["tags"]) == ("gold", {"id": person("ann")}, None)


def test_a_group_is_left_once_and_by_its_own_consumer(gateway: RunningGateway) -> None:
    gold, silver = (gateway.admin("PUT", f"{ANN}/acls/{group}").json for group in ("gold", "silver"))
    listed = sorted((gold, silver), key=lambda group: str(group["id"]))

    assert gateway.admin("GET", f"{ANN}/acls").json == {"data": listed, "next": None}
    assert gateway.admin("DELETE", f"{BOB}/acls/{gold['id']}").status == 404
    assert [gateway.admin("DELETE", f"{ANN}/acls/gold").status for _ in range(2)] == [204, 404]
    assert gateway.admin("DELETE", f"{ANN}/acls/{silver['id']}").status == 204
    assert gateway.admin("GET", f"{ANN}/acls").json == {"data": [], "next": None}


def test_a_credential_gets_a_key_of_its_own(gateway: RunningGateway, keys: Keys) -> None:
    credential = {"algorithm": "ES256", "rsa_public_key": keys.pem["ec256-A.pub"]}

    made = [gateway.admin("POST", f"{ANN}/jwt", credential) for _ in range(2)]

    assert [answer.status for answer in made] == [201, 201]
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", answer.json["key"]) for answer in made)
    listed = gateway.admin("GET", f"{ANN}/jwt?size=100").json
    assert listed == {"data": sorted((answer.json for answer in made), key=lambda each: each["id"]), "next": None}
    assert gateway.admin("GET", f"{BOB}/jwt").json["data"] == []


def test_a_key_belongs_to_one_credential(gateway: RunningGateway, keys: Keys) -> None:
    credential = {"key": "k", "algorithm": "ES256", "rsa_public_key": keys.pem["ec256-A.pub"]}
    assert gateway.admin("POST", f"{ANN}/jwt", credential).status == 201

    assert gateway.admin("POST", f"{BOB}/jwt", credential).status == 409


@pytest.mark.parametrize("body", [{}, {"algorithm": "HS256"}, {"algorithm": "ES256"}, {"secret": "x"}])
def test_a_credential_needs_a_public_key(body: dict[str, str], gateway: RunningGateway) -> None:
    assert gateway.admin("POST", f"{ANN}/jwt", body).status == 400


def test_a_credential_is_deleted_once_and_by_its_own_consumer(gateway: RunningGateway, keys: Keys) -> None:
    gateway.add_person("eve", keys.pem["ec256-A.pub"])
    eve = f"/consumers/{person('eve')}"

    assert gateway.admin("DELETE", f"{ANN}/jwt/eve").status == 404
    assert gateway.admin("DELETE", f"{eve}/jwt/eve").status == 204
    assert gateway.admin("DELETE", f"{eve}/jwt/eve").status == 404


def test_a_consumer_is_deleted_with_all_that_is_theirs(gateway: RunningGateway, keys: Keys) -> None:
    gateway.add_person("eve", keys.pem["ec256-A.pub"], "gold")
    eve = f"/consumers/{person('eve')}"

    assert [gateway.admin("DELETE", eve).status for _ in range(2)] == [204, 204]

    gateway.admin("PUT", eve, {"username": "eve"})
    assert gateway.admin("GET", f"{eve}/jwt").json["data"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{NOBODY}/jwt"),
        ("POST", f"{NOBODY}/jwt"),
        ("DELETE", f"{NOBODY}/jwt/k"),
        ("PUT", f"{NOBODY}/acls/gold"),
        ("GET", f"{NOBODY}/acls"),
        ("DELETE", f"{NOBODY}/acls/gold"),
        ("PUT", "/consumers/no-id"),
        ("GET", "/consumers"),
        ("GET", "/nope"),
    ],
)
def test_what_there_is_not_is_not_found(method: str, path: str, gateway: RunningGateway) -> None:
    answer = gateway.admin(method, path, {"username": "x"} if method in ("PUT", "POST") else None)

    assert (answer.status, answer.json) == (404, {"message": "Not found"})


def test_every_change_decides_over_the_very_next_request(tmp_path: Path, echo: EchoServer, keys: Keys) -> None:
    content = document(echo.port, route(jwt=JWT, acl={"allow": ["gold"]}))
    claims = {"iss": "eve", "exp": {"$now": 60}}
    eve = f"/consumers/{person('eve')}"
    with running(tmp_path, content) as gateway:
        token = keys.token({"header": {"alg": "ES256"}, "claims": claims, "sign": "ec256-A"}, gateway.clock())
        authorization = {"Authorization": f"Bearer {token}"}

        def status() -> int:
            return gateway.proxy("GET", "/r", authorization).status

        assert status() == 401
        gateway.add_person("eve", keys.pem["ec256-A.pub"])
        assert status() == 403
        gateway.admin("PUT", f"{eve}/acls/gold")
        assert status() == 200
        gateway.admin("DELETE", f"{eve}/jwt/eve")
        assert status() == 401
        gateway.add_person("eve", keys.pem["ec256-A.pub"])
        assert status() == 200
        gateway.admin("DELETE", eve)
        assert status() == 401
