"""Terms: for everybody to see, for administrators to set."""

from typing import Any

import pytest

from tests.institute.conftest import TERM, Institute


def test_a_term_is_made_and_everybody_sees_it(institute: Institute) -> None:
    made = institute.new_term()
    assert (made.status, made.headers["location"]) == (201, "/terms")
    listed = institute.http.get("/terms").json
    assert listed == {"items": [made.json], "next": None}
    assert {name: made.json[name] for name in TERM} == TERM


def test_terms_are_listed_page_by_page_in_the_order_of_their_creation(institute: Institute) -> None:
    titles = ["Spring", "Summer", "Autumn"]
    for title in titles:
        institute.new_term(title=title)
    first = institute.http.get("/terms", query={"limit": "2"}).json
    second = institute.http.get("/terms", query={"limit": "2", "cursor": first["next"]}).json
    assert [term["title"] for term in [*first["items"], *second["items"]]] == titles


def test_a_term_made_twice_with_one_key_is_made_once(institute: Institute) -> None:
    headers = {"idempotency-key": "one"}
    answers = [institute.http.post("/terms", TERM, token=institute.admin.token, headers=headers) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(institute.http.get("/terms").json["items"]) == 1


def test_a_term_is_changed_and_deleted(institute: Institute) -> None:
    made = institute.new_term()
    path, token = f"/terms/{made.json['id']}", institute.admin.token
    changed = institute.http.put(
        path, {"endsOn": "2027-07-15"}, token=token, headers={"if-match": made.headers["etag"]}
    )
    assert changed.json == {**made.json, "endsOn": "2027-07-15", "version": 2}
    assert institute.http.put(path, {"title": "X"}, token=token, headers={"if-match": '"1"'}).status == 412
    assert institute.http.delete(path, token=token, headers={"if-match": '"1"'}).status == 412
    assert institute.http.delete(path, token=token).status == 204
    assert institute.http.delete(path, token=token).status == 404
    assert institute.http.get("/terms").json["items"] == []


@pytest.mark.parametrize("days", [{"startsOn": "2027-07-01"}, {"endsOn": "2027-01-31"}, {"startsOn": "tomorrow"}])
def test_a_term_ends_when_it_starts_or_later(institute: Institute, days: Any) -> None:
    assert institute.new_term(**days).status == 422
    made = institute.new_term()
    assert institute.http.put(f"/terms/{made.json['id']}", days, token=institute.admin.token).status == 422


def test_what_becomes_of_a_term_is_in_the_audit_trail(institute: Institute) -> None:
    term_id = institute.new_term().json["id"]
    institute.http.put(f"/terms/{term_id}", {"title": "Summer"}, token=institute.admin.token)
    institute.http.delete(f"/terms/{term_id}", token=institute.admin.token)
    institute.deliver()
    trail = institute.trail(subject=term_id)
    assert {entry["action"] for entry in trail} == {"term.created", "term.changed", "term.deleted"}
    assert {entry["actorId"] for entry in trail} == {str(institute.admin.id)}
