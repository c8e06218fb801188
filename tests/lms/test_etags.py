"""`ETag` and `If-Match`."""

import pytest
from fastapi import Response

from lms.dependencies import IfMatch, set_etag
from lms.errors import PreconditionFailed
from lms.etags import require_match
from lms.http import LambdaHandler, create_app
from lms.security import Public
from tests.clients import Client

VERSION = 3


@pytest.fixture
def call() -> Client:
    app = create_app("tests")

    @app.get("/thing", dependencies=[Public])
    def read(response: Response) -> str:
        set_etag(response, VERSION)
        return "thing"

    @app.put("/thing", dependencies=[Public])
    def write(if_match: IfMatch) -> str:
        require_match(VERSION, if_match)
        return "written"

    return Client(LambdaHandler(app))


def test_what_a_get_gives_makes_an_update_conditional(call: Client) -> None:
    etag = call.get("/thing").headers["etag"]
    assert etag == '"3"'
    assert call.put("/thing", headers={"if-match": etag}).status == 200
    assert call.put("/thing", headers={"if-match": '"2"'}).status == 412


@pytest.mark.parametrize("headers", [{}, {"if-match": "*"}, {"if-match": ' "3" '}])
def test_an_update_that_names_no_version_or_this_one_is_made(call: Client, headers: dict[str, str]) -> None:
    assert call.put("/thing", headers=headers).status == 200


@pytest.mark.parametrize("given", ["", "3", '"x"', 'W/"3"', '"3", "4"', '"-3"', '"3"x', '"٣"', '"1234567890123"'])
def test_what_no_get_ever_gave_is_422(call: Client, given: str) -> None:
    answer = call.put("/thing", headers={"if-match": given})
    assert answer.status == 422, answer
    assert answer.json["errors"][0]["loc"] == ["header", "If-Match"]


def test_a_version_that_is_past_or_still_to_come_does_not_match() -> None:
    require_match(3, 3)
    require_match(3, None)
    for other in (2, 4):
        with pytest.raises(PreconditionFailed):
            require_match(3, other)
