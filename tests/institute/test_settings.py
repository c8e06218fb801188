"""What the institute sets: shown to everybody, changed by administrators, known to every service."""

from typing import Any

import pytest

from tests.at_once import at_once
from tests.conftest import Outbox
from tests.institute.conftest import Institute

_DEFAULT_SCALE = (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
SCALE = [{"letter": "Pass", "from": 50}, {"letter": "Fail", "from": 0}]


def test_an_institute_is_there_before_anybody_set_anything(institute: Institute) -> None:
    answer = institute.http.get("/institute")
    assert answer.status == 200
    assert answer.json == {
        "name": "Education LMS",
        "logoUrl": None,
        "timeZone": "UTC",
        "languages": ["en"],
        "country": None,
        "currency": "PKR",
        "registration": "open",
        "gradeScale": [{"letter": letter, "from": lowest} for letter, lowest in _DEFAULT_SCALE],
        "contactEmail": None,
        "version": 0,
        "updatedAt": None,
    }


def test_an_administrator_changes_what_is_given_and_nothing_else(institute: Institute) -> None:
    changed = institute.set({"name": "  Karachi Institute ", "timeZone": "Asia/Karachi", "languages": ["ur", "en"]})
    assert changed.status == 200
    assert changed.json["name"] == "Karachi Institute"
    assert institute.set({"currency": "USD"}).json == {**changed.json, "currency": "USD", "version": 2}
    assert institute.shown()["timeZone"] == "Asia/Karachi"


def test_nulls_empty_what_may_be_empty(institute: Institute) -> None:
    institute.set({"logoUrl": "https://example.com/logo.svg", "contactEmail": "office@example.com", "country": "PK"})
    emptied = institute.set({"logoUrl": None, "contactEmail": None, "country": None}).json
    assert (emptied["logoUrl"], emptied["contactEmail"], emptied["country"]) == (None, None, None)
    assert institute.set({"name": None}).status == 422


def test_a_change_is_conditional_where_the_client_asks_for_it(institute: Institute) -> None:
    first = institute.set({"name": "One"}, headers={"if-match": '"0"'})
    assert (first.status, first.version) == (200, 1)
    assert institute.set({"name": "Two"}, headers={"if-match": '"0"'}).status == 412
    assert institute.set({"name": "Two"}, headers={"if-match": first.headers["etag"]}).status == 200


@pytest.mark.usefixtures("whole_calls")
def test_changes_at_the_same_time_all_count(institute: Institute) -> None:
    changes: list[dict[str, Any]] = [{"name": "One"}, {"currency": "USD"}, {"registration": "closed"}]
    answers = at_once([lambda change=change: institute.set(change) for change in changes])
    assert {answer.status for answer in answers} == {200}
    shown = institute.shown()
    assert (shown["name"], shown["currency"], shown["registration"], shown["version"]) == ("One", "USD", "closed", 3)


def test_a_scale_is_shown_from_its_best_letter_down(institute: Institute) -> None:
    assert institute.set({"gradeScale": list(reversed(SCALE))}).json["gradeScale"] == SCALE


@pytest.mark.parametrize(
    ("scale", "code"),
    [
        ([{"letter": "A", "from": 50}], "incomplete"),
        ([{"letter": "A", "from": 50}, {"letter": "a", "from": 0}], "ambiguous"),
        ([{"letter": "A", "from": 0}, {"letter": "B", "from": 0}], "ambiguous"),
        ([{"letter": "A", "from": 101}, {"letter": "B", "from": 0}], "less_than_equal"),
        ([{"letter": "A", "from": -1}, {"letter": "B", "from": 0}], "greater_than_equal"),
        ([{"letter": "Longer", "from": 0}], "too_long"),
        ([], "too_short"),
    ],
)
def test_a_scale_that_leaves_a_percentage_without_a_letter_or_with_two_is_refused(
    institute: Institute, scale: list[Any], code: str
) -> None:
    answer = institute.set({"gradeScale": scale})
    assert answer.status == 422
    assert answer.json["errors"][0]["type"] == code
    assert institute.shown()["version"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"timeZone": "Mars/Olympus"},
        {"currency": "Rupees"},
        {"country": "Pakistan"},
        {"languages": []},
        {"languages": ["de"]},
        {"registration": "maybe"},
        {"logoUrl": "http://example.com/logo.svg"},
        {"contactEmail": "office"},
        {"version": 7},
    ],
)
def test_what_means_nothing_is_refused(institute: Institute, body: Any) -> None:
    assert institute.set(body).status == 422


def test_every_service_knows_of_a_change_at_once_where_it_has_not_read_within_a_minute(
    institute: Institute, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms import institute as shared

    passed = [0.0]
    monkeypatch.setattr(shared.time, "monotonic", lambda: passed[0])
    shared.kept.forget()
    assert shared.current_institute().registration == "open"
    institute.set({"registration": "closed", "gradeScale": SCALE})

    assert shared.current_institute().registration == "open"
    passed[0] += shared.KEPT_SECONDS + 1
    current = shared.current_institute()
    assert (current.registration, current.version) == ("closed", 1)
    assert [(step.letter, step.lowest) for step in current.grade_scale] == [("Pass", 50), ("Fail", 0)]


def test_a_change_is_emitted_with_what_the_settings_are_now(institute: Institute, outbox: Outbox) -> None:
    from lms.events.institute import InstituteSettingsChanged

    institute.set({"name": "One"})
    institute.set({"registration": "closed"})
    changes = outbox.of(InstituteSettingsChanged)
    assert [(event.version, event.name, event.registration) for event in changes] == [
        (1, "One", "open"),
        (2, "One", "closed"),
    ]


def test_a_change_is_in_the_audit_trail(institute: Institute) -> None:
    institute.set({"registration": "closed", "contactEmail": "somebody@example.com"})
    institute.deliver()
    [entry] = institute.trail(action="settings.changed")
    assert (entry["actorId"], entry["actorName"]) == (str(institute.admin.id), institute.admin.name)
    assert entry["before"] == {"registration": "open", "contact_email": None}
    assert entry["after"] == {"registration": "closed", "contact_email": None}
