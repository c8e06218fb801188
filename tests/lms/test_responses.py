"""Validators, 304, HEAD and compression: what every application does with an answer on its way out."""

import base64
import gzip
import json
from typing import Any

import pytest
from fastapi import Response
from starlette.responses import PlainTextResponse

from lms.dependencies import CachedForAMinute, IfMatch, set_etag
from lms.etags import require_match
from lms.http import LambdaHandler, create_app
from lms.responses import accepts
from lms.security import Public
from tests.clients import Answer, Client
from tests.template import ENVIRONMENT

LONG = [{"title": f"Lesson {number}"} for number in range(100)]


class World:
    """A course of which a GET shows more than its version counts."""

    def __init__(self) -> None:
        self.title = "Algebra"
        app = create_app("tests")

        @app.get("/course", dependencies=[Public])
        def read(response: Response) -> dict[str, str]:
            set_etag(response, 3)
            return {"title": self.title}

        @app.put("/course", dependencies=[Public])
        def write(if_match: IfMatch, response: Response) -> dict[str, str]:
            require_match(3, if_match)
            set_etag(response, 4)
            return {"title": self.title}

        @app.get("/lessons", dependencies=[Public, CachedForAMinute])
        def lessons() -> list[dict[str, str]]:
            return LONG

        @app.post("/lessons", dependencies=[Public])
        def add() -> list[dict[str, str]]:
            return LONG

        @app.post("/session", dependencies=[Public])
        def sign_in(response: Response) -> list[dict[str, str]]:
            response.set_cookie("session", "s3cret")
            return LONG

        @app.get("/text", dependencies=[Public])
        def text() -> PlainTextResponse:
            return PlainTextResponse("x" * 5000)

        @app.get("/made", dependencies=[Public])
        def made(response: Response) -> str:
            response.status_code = 202
            return "made"

        self.handler = LambdaHandler(app)
        self.call = Client(self.handler, documented=False)

    def raw(self, path: str, **headers: str) -> dict[str, Any]:
        """An answer as API Gateway gets it."""
        event = {
            "version": "2.0",
            "rawQueryString": "",
            "headers": {"x-gateway-secret": ENVIRONMENT["GATEWAY_SECRET"], **headers},
            "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "127.0.0.1"}},
        }
        return self.handler(event, None)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


def _get(world: World, path: str, **headers: str) -> Answer:
    return world.call.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_an_etag_changes_with_anything_in_the_body(world: World) -> None:
    first = _get(world, "/course")
    same = _get(world, "/course")
    world.title = "Geometry"
    other = _get(world, "/course")

    assert first.headers["etag"] == same.headers["etag"] != other.headers["etag"]
    assert first.headers["etag"].startswith('"3-')


def test_the_etag_of_a_get_makes_an_update_conditional_whatever_else_its_body_shows(world: World) -> None:
    tag = _get(world, "/course").headers["etag"]
    world.title = "Geometry"

    assert world.call.put("/course", headers={"if-match": tag}).status == 200
    assert world.call.put("/course", headers={"if-match": tag.replace('"3-', '"2-')}).status == 412


def test_an_update_answers_the_etag_of_a_get_that_shows_the_same(world: World) -> None:
    tag = world.call.put("/course").headers["etag"]

    assert tag.startswith('"4-')
    assert tag.removeprefix('"4-') == _get(world, "/course").headers["etag"].removeprefix('"3-')


def test_who_has_the_answer_already_gets_304_without_it(world: World) -> None:
    tag = _get(world, "/course").headers["etag"]

    for given in (tag, f'"x", W/{tag}', "*"):
        answer = _get(world, "/course", if_none_match=given)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == tag
        assert answer.headers["x-request-id"]
    for given in ('"3"', '"x"', "x", "", tag.strip('"')):
        assert _get(world, "/course", if_none_match=given).status == 200


def test_a_304_has_the_caching_of_its_200(world: World) -> None:
    first = _get(world, "/lessons", accept_encoding="gzip")
    second = _get(world, "/lessons", accept_encoding="gzip", if_none_match=first.headers["etag"])

    assert second.status == 304
    for name in ("etag", "cache-control", "vary"):
        assert second.headers[name] == first.headers[name]
    assert first.headers["cache-control"] == "public, max-age=60"


def test_only_what_a_get_found_is_304(world: World) -> None:
    assert _get(world, "/nowhere", if_none_match="*").status == 404
    assert _get(world, "/made", if_none_match="*").status == 202
    assert world.call.post("/lessons", headers={"if-none-match": "*"}).status == 200


def test_head_answers_as_get_does_without_the_body(world: World) -> None:
    for path in ("/course", "/lessons", "/text", "/nowhere"):
        shown, head = _get(world, path), world.call("HEAD", path)
        assert (head.status, head.body) == (shown.status, b"")
        for name in ("etag", "content-type", "content-length", "cache-control"):
            assert head.headers.get(name) == shown.headers.get(name)


def test_head_is_there_where_get_is_alone(world: World) -> None:
    assert world.call("HEAD", "/session").status == 405
    assert world.call("DELETE", "/course").headers["allow"] == "GET, HEAD, PUT"


def test_long_json_is_compressed_for_who_asks(world: World) -> None:
    plain, small = _get(world, "/lessons"), _get(world, "/lessons", accept_encoding="br, gzip;q=0.5")

    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert len(small.body) == int(small.headers["content-length"]) < len(plain.body) / 3
    assert small.json == plain.json == LONG


def test_caches_keep_compressed_and_plain_answers_apart(world: World) -> None:
    plain, small = _get(world, "/lessons"), _get(world, "/lessons", accept_encoding="gzip")

    assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != small.headers["etag"]
    assert _get(world, "/lessons", if_none_match=plain.headers["etag"], accept_encoding="gzip").status == 200


def test_api_gateway_gets_a_compressed_body_as_base64(world: World) -> None:
    answer = world.raw("/lessons", **{"accept-encoding": "gzip"})

    assert answer["isBase64Encoded"] is True
    assert json.loads(gzip.decompress(base64.b64decode(answer["body"]))) == LONG


def test_what_is_short_or_no_json_is_not_compressed(world: World) -> None:
    for path in ("/course", "/text"):
        answer = _get(world, path, accept_encoding="gzip")
        assert "content-encoding" not in answer.headers
        assert "vary" not in answer.headers


def test_an_answer_that_sets_a_cookie_is_not_compressed(world: World) -> None:
    assert world.call.post("/lessons", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"
    answer = world.call.post("/session", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("given", ["gzip", "GZIP", "br, gzip", "gzip ; q=0.1", "*", "br;q=1, *;q=0.2", "identity,gzip"])
def test_gzip_is_taken_where_it_is_named_or_nothing_is_excluded(given: str) -> None:
    assert accepts(given, "gzip")


@pytest.mark.parametrize("given", ["", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *", "identity", "gzippy"])
def test_gzip_is_not_used_where_it_was_not_asked_for(given: str) -> None:
    assert not accepts(given, "gzip")
