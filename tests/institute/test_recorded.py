"""The recorded events of institute, each as its function takes it."""

from tests.institute.conftest import Institute
from tests.recorded import EXAM, event


def test_a_recorded_request_shows_the_institute(institute: Institute) -> None:
    answer = institute.http.replay("institute_get")
    assert (answer.status, answer.json["name"]) == (200, "Education LMS")


def test_a_recorded_change_is_in_the_trail(institute: Institute) -> None:
    from institute import consumer

    consumer.handler(event("institute_audit_events"), None)
    [entry] = institute.trail(subject=str(EXAM))
    assert (entry["action"], entry["reason"]) == ("attempt.marked", "Counted again.")
