"""Lists for administrators, page by page: GET /auth/users."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.tables import SearchWord
from tests.auth.conftest import TARIQ, Auth, Desk, calls_noted
from tests.conftest import stored


def test_a_list_is_filtered_by_type_and_status(auth: Auth, desk: Desk) -> None:
    amina = auth.student("amina")
    auth.student("bilal")
    auth.staff("teacher", "tariq")
    auth.register("waiting")
    desk.set_status(amina.id, "disabled")
    assert set(desk.names()) == {"amina", "bilal", "tariq", "root", "waiting"}
    assert set(desk.names(is_type="student")) == {"amina", "bilal", "waiting"}
    assert desk.names(is_type="student", status="active") == ["bilal"]
    assert desk.names(status="disabled") == ["amina"]
    assert desk.names(status="provisioning") == ["waiting"]
    assert desk.names(is_type="teacher", status="disabled") == []


def test_a_list_shows_what_was_agreed(desk: Desk) -> None:
    (item,) = desk.users().json["items"]
    assert set(item) == {
        *("id", "username", "name", "email", "is_type", "status", "roll_no"),
        *("version", "created_at", "updated_at"),
    }
    assert item["created_at"].endswith("Z")


def test_one_user_is_found_by_an_exact_name(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina")
    roll_no = auth.profile(student.token)["roll_no"]
    for query in (
        {"username": "amina"},
        {"username": "AMINA"},
        {"email": "Amina@example.com"},
        {"roll_no": roll_no},
        {"username": "amina", "is_type": "student", "status": "active"},
    ):
        assert desk.names(**query) == ["amina"], query
    for query in (
        {"username": "ami"},
        {"username": roll_no},
        {"roll_no": "amina"},
        {"email": "amina"},
        {"email": ""},
        {"email": "x" * 254},
        {"username": "amina", "is_type": "teacher"},
        {"username": "amina", "status": "disabled"},
    ):
        assert desk.names(**query) == [], query


def test_users_are_found_by_how_their_names_begin(auth: Auth, desk: Desk) -> None:
    auth.student("amina", name="Amina Bibi Khan")
    auth.student("bilal", name="بلال احمد", email="b.ahmed@example.com")
    roll_no = desk.users(username="bilal").json["items"][0]["roll_no"]
    for q, found in (
        ("ami", ["amina"]),
        ("AMINA@", ["amina"]),
        ("kha", ["amina"]),
        ("bi", ["amina", "bilal"]),
        ("bi kh", ["amina"]),
        ("kh am", ["amina"]),
        ("احم", ["bilal"]),
        (roll_no.lower(), ["bilal"]),
        ("b.ahmed", ["bilal"]),
        ("ina", []),
        ("amina x", []),
        (" ", []),
    ):
        assert sorted(desk.names(q=q)) == found, q
    assert desk.names(q="bi", is_type="teacher") == []
    assert desk.users(q="kha").json["items"][0]["name"] == "Amina Bibi Khan"


def test_a_renamed_or_erased_user_is_found_by_nothing_of_the_past(auth: Auth, desk: Desk) -> None:
    student = auth.student("amina", name="Amina Khan")
    auth.http.put("/auth/profile", {"name": "Amina Shah"}, token=student.token)
    assert (desk.names(q="khan"), desk.names(q="shah")) == ([], ["amina"])
    assert {row.word for row in stored(SearchWord) if str(row.user_id) == student.id} >= {"shah"}
    desk.erase(student.id)
    assert (desk.names(q="shah"), [row for row in stored(SearchWord) if str(row.user_id) == student.id]) == ([], [])


def test_a_search_reads_a_page_of_words_and_its_users(auth: Auth, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        auth.register(f"amina{n}", name=f"Amina Aminova {n}")
    desk.users()
    asked = calls_noted(monkeypatch)
    page = desk.users(q="am", limit="4").json
    assert [name for name, _ in asked] == ["Query", "BatchGetItem"]
    met = [item["username"] for item in page["items"]]
    while page["next"]:
        page = desk.users(q="am", limit="4", cursor=page["next"]).json
        met += [item["username"] for item in page["items"]]
    assert sorted(met) == [f"amina{n}" for n in range(5)]


def test_queries_outside_their_bounds_are_refused(desk: Desk) -> None:
    for query in (
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "1e1"},
        {"limit": "x"},
        {"is_type": "root"},
        {"status": "erased"},
        {"status": ""},
        {"email": "x" * 255},
        {"email": "a@example.com", "username": "a"},
        {"q": "a", "username": "a"},
        {"q": "x" * 255},
        {"cursor": "x"},
        {"cursor": "é"},
        {"cursor": "A" * 5_000},
    ):
        answer = desk.users(**query)
        assert answer.status == 422, (query, answer)
        assert answer.json["errors"][0]["loc"][0] == "query"


def test_a_cursor_belongs_to_its_list_and_caller(auth: Auth, desk: Desk) -> None:
    for name in ("amina", "bilal", "celal"):
        auth.register(name)
    other = Desk(auth, auth.staff("admin", "other-root").token)
    cursor = desk.users(limit="1", is_type="student").json["next"]
    assert desk.users(limit="2", is_type="student", cursor=cursor).status == 200
    assert desk.users(limit="1", is_type="teacher", cursor=cursor).status == 422
    assert desk.users(limit="1", cursor=cursor).status == 422
    assert other.users(limit="1", is_type="student", cursor=cursor).status == 422


def test_a_cursor_that_was_changed_anywhere_is_refused(auth: Auth, desk: Desk) -> None:
    auth.register("amina")
    cursor = desk.users(limit="1").json["next"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = [cursor[:-1] + letter for letter in alphabet if letter != cursor[-1]]
    for changed in (*last, cursor[:-1], "x" + cursor[1:], cursor + "!", cursor + "=", " " + cursor, cursor + "A" * 4):
        assert desk.users(limit="1", cursor=changed).status == 422, changed
    assert "amina" not in cursor


@pytest.fixture
def crowd(auth: Auth, desk: Desk) -> set[str]:
    for n in range(9):
        auth.register(f"student{n}")
    for n in range(3):
        desk.create({**TARIQ, "username": f"teacher{n}", "email": f"teacher{n}@example.com"})
    return {"root", *(f"student{n}" for n in range(9)), *(f"teacher{n}" for n in range(3))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_all_pages_together_have_each_user_once(desk: Desk, crowd: set[str], limits: list[int]) -> None:
    met: list[str] = []
    query: dict[str, str] = {}
    for turn in range(100):
        limit = limits[turn % len(limits)]
        page = desk.users(limit=str(limit), **query).json
        assert len(page["items"]) <= limit
        met += [item["username"] for item in page["items"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert sorted(met) == sorted(crowd)
