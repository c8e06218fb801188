"""Lists: each thing once, no more read than a page, and cursors that nobody else can use."""

import base64
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.cursors import decode_cursor, encode_cursor
from lms.dependencies import Paging
from lms.errors import Invalid
from lms.http import LambdaHandler, create_app
from lms.pages import Page, Position, query_page
from lms.security import AnySignedIn, Public
from tests.clients import Answer, Client
from tests.lms.conftest import Signer, Thing, Wire

SCOPE = {"path": "/things", "filters": [["kind", "a"]], "caller": UUID(int=1)}
POSITION = Position(2, {"owner": {"S": "a"}, "place": {"N": "7"}})
ME = UUID(int=1)


class World:
    """Lists over partitions named in the query: `?of=a&of=b`."""

    def __init__(self, signer: Signer) -> None:
        app = create_app("tests")

        def page(listing: Paging, of: Sequence[str], label: str | None) -> Page[int]:
            wanted = {"filter_condition": Thing.label == label} if label else {}
            things, after = query_page(Thing, of, listing, **wanted)
            return listing.page([int(thing.place) for thing in things], after)

        @app.get("/things")
        def things(listing: Paging, _: AnySignedIn, of: str = "a", label: str | None = None) -> Page[int]:
            return page(listing, of.split(","), label)

        @app.get("/others/{owner}")
        def others(owner: str, listing: Paging, _: AnySignedIn) -> Page[int]:
            return page(listing, [owner], None)

        @app.get("/public", dependencies=[Public])
        def public(listing: Paging, of: str = "a") -> Page[int]:
            return page(listing, of.split(","), None)

        self._call = Client(LambdaHandler(app))
        self._signer = signer

    def get(self, path: str = "/things", *, person: UUID | None = ME, **query: object) -> Answer:
        token = self._signer.token(user_id=person) if person else None
        sent = {name: str(value) for name, value in query.items() if value is not None}
        return self._call.get(path, token=token, query=sent)

    def read_all(self, path: str = "/things", **query: object) -> Iterator[list[int]]:
        """The pages of a list, one after the other."""
        cursor = None
        while True:
            answer = self.get(path, cursor=cursor, **query)
            assert answer.status == 200, answer
            yield answer.json["items"]
            cursor = answer.json["next"]
            if cursor is None:
                return


@pytest.fixture
def world(things: type[Thing], signer: Signer) -> World:
    return World(signer)


def _fill(owner: str, count: int, first: int = 0) -> list[int]:
    places = list(range(first, first + count))
    for place in places:
        Thing(owner, place, label="even" if place % 2 == 0 else "odd").save()
    return places


def test_a_short_list_is_one_page(world: World) -> None:
    _fill("a", 3)
    assert world.get().json == {"items": [0, 1, 2], "next": None}


def test_an_empty_list_is_an_empty_page(world: World) -> None:
    assert world.get().json == {"items": [], "next": None}


def test_a_page_holds_25_things_unless_asked_otherwise(world: World) -> None:
    _fill("a", 30)
    assert [len(page) for page in world.read_all()] == [25, 5]


@pytest.mark.parametrize("limit", [0, 101, -1, "x", "5_0", " 50", "+5", "05"])
def test_a_limit_outside_1_to_100_is_422(world: World, limit: object) -> None:
    assert world.get(limit=limit).status == 422


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=5), limit=st.integers(1, 6))
def test_pages_over_partitions_give_each_thing_once_and_in_order(
    world: World, wire: Wire, counts: list[int], limit: int
) -> None:
    owners = [f"{uuid4()}" for _ in counts]
    expected = [place for number, owner in enumerate(owners) for place in _fill(owner, counts[number], number * 10)]
    wire.sent.clear()
    wire.answers.clear()
    pages = list(world.read_all(of=",".join(owners), limit=limit))
    assert [place for page in pages for place in page] == expected
    assert all(len(page) <= limit for page in pages)
    queries = [
        answer["ScannedCount"] for (name, _), answer in zip(wire.sent, wire.answers, strict=True) if name == "Query"
    ]
    assert sum(queries) == len(expected)
    # A page is one read, and one more for each partition that ended in it.
    assert len(queries) <= len(pages) + len(counts)


def test_a_page_reads_no_more_than_it_returns(world: World, wire: Wire) -> None:
    _fill("a", 10)
    world.get(limit=1)
    wire.sent.clear()
    wire.answers.clear()
    world.get(limit=4)
    ((operation, arguments),) = wire.sent
    assert (operation, arguments["Limit"]) == ("Query", 4)
    assert wire.answers[0]["ScannedCount"] == 4


def test_a_filtered_page_is_one_read_and_may_hold_less(world: World, wire: Wire) -> None:
    _fill("a", 10)
    world.get(limit=1)
    wire.sent.clear()
    assert world.get(limit=4, label="odd").json["items"] == [1, 3]
    assert len(wire.sent) == 1
    assert list(world.read_all(limit=4, label="odd")) == [[1, 3], [5, 7], [9]]


def test_a_filter_that_nothing_meets_ends_all_the_same(world: World) -> None:
    _fill("a", 5)
    assert list(world.read_all(limit=2, label="none")) == [[], [], []]


def _next(world: World, **query: object) -> str:
    cursor: str = world.get(limit=1, **query).json["next"]
    return cursor


def _refused(answer: Answer) -> None:
    assert answer.status == 422, answer
    assert answer.json["errors"][0]["loc"] == ["query", "cursor"]


def test_a_cursor_goes_on_where_its_page_ended(world: World) -> None:
    _fill("a", 4)
    assert world.get(cursor=_next(world)).json == {"items": [1, 2, 3], "next": None}


def test_a_cursor_may_be_used_twice_and_with_another_limit(world: World) -> None:
    _fill("a", 4)
    cursor = _next(world)
    assert world.get(cursor=cursor, limit=2).json["items"] == [1, 2]
    assert world.get(cursor=cursor, limit=3).json["items"] == [1, 2, 3]


def test_a_cursor_belongs_to_its_path(world: World) -> None:
    for owner in ("a", "b"):
        _fill(owner, 3)
    cursor = world.get("/others/a", limit=1).json["next"]
    assert world.get("/others/a", cursor=cursor).json["items"] == [1, 2]
    _refused(world.get("/others/b", cursor=cursor))
    _refused(world.get("/things", cursor=cursor))


def test_a_cursor_belongs_to_its_filters(world: World) -> None:
    _fill("a", 3)
    cursor = _next(world, of="a")
    assert world.get(of="a", cursor=cursor).status == 200
    _refused(world.get(of="b", cursor=cursor))
    _refused(world.get(cursor=cursor))
    _refused(world.get(of="a", label="odd", cursor=cursor))


def test_a_cursor_belongs_to_its_caller(world: World) -> None:
    _fill("a", 3)
    cursor = _next(world)
    _refused(world.get(cursor=cursor, person=uuid4()))
    public = world.get("/public", limit=1, person=None).json["next"]
    assert world.get("/public", cursor=public, person=None).json["items"] == [1, 2]
    _refused(world.get("/things", cursor=public))


def test_a_bad_cursor_is_422_only_for_those_who_are_signed_in(world: World) -> None:
    assert world.get(cursor="x", person=None).status == 401
    _refused(world.get(cursor="x"))
    _refused(world.get(cursor="x" * 5000))


def test_a_cursor_does_not_show_the_key_it_stands_at() -> None:
    sealed = encode_cursor(Position(0, {"owner": {"S": "amina@example.com"}}), SCOPE)
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert b"amina" not in raw
    assert encode_cursor(POSITION, SCOPE) != encode_cursor(POSITION, SCOPE)


def test_an_unsealed_cursor_is_the_position_that_was_sealed() -> None:
    for position in (POSITION, Position(0, None)):
        assert Position(*decode_cursor(encode_cursor(position, SCOPE), SCOPE)) == position


@settings(max_examples=200)
@given(data=st.data())
def test_a_cursor_with_a_changed_bit_is_refused(data: st.DataObject) -> None:
    sealed = encode_cursor(POSITION, SCOPE)
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid):
        decode_cursor(base64.urlsafe_b64encode(raw).decode().rstrip("="), SCOPE)


@settings(max_examples=100)
@given(cursor=st.text(max_size=60) | st.from_regex(r"[a-zA-Z0-9_=-]{0,60}", fullmatch=True))
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(cursor, SCOPE)
