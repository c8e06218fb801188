import re

import pytest
from pydantic import ValidationError

from lms.events import Event
from lms.events.catalogue import CATALOGUE, TOPICS
from lms.events.users import Person, UserDisabled, UserProvisioned


def leaves(event: type[Event]) -> list[type[Event]]:
    """The events that nothing is derived from: those that are emitted."""
    below = [leaf for child in event.__subclasses__() for leaf in leaves(child)]
    own = [event] if "type" in vars(event) else []
    return own + below


def test_every_event_that_is_defined_is_in_the_catalogue_under_its_own_type() -> None:
    assert sorted(CATALOGUE) == sorted(event.type for event in leaves(Event))
    assert all(CATALOGUE[event.type] is event for event in leaves(Event))


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_a_type_is_a_versioned_name_and_its_topic_one_of_the_systems(event: type[Event]) -> None:
    assert re.fullmatch(r"lms\.[a-z_]+\.[a-z_]+\.v[1-9]", event.type)
    assert event.topic in TOPICS
    assert re.fullmatch(r"lms\.[a-z]+", event.topic)


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_a_consumer_reads_past_what_a_newer_producer_adds(event: type[Event]) -> None:
    assert event.model_config["extra"] == "ignore"


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_a_fact_does_not_change(event: type[Event]) -> None:
    assert event.model_config["frozen"] is True


@pytest.mark.parametrize("event", CATALOGUE.values(), ids=CATALOGUE)
def test_an_event_names_its_own_subject(event: type[Event]) -> None:
    assert event.subject is not Event.subject


def test_what_is_read_equals_what_was_emitted() -> None:
    emitted = UserProvisioned(
        user_id="018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11",
        version=2,
        role="student",
        roll_no=None,
        person=Person(username="ada", email="ada@example.org", name="Ada Łovelace", additional_details={"shift": [1]}),
    )

    assert UserProvisioned.model_validate_json(emitted.model_dump_json()) == emitted
    assert emitted.subject == "user#018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"


def test_an_event_without_its_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="version"):
        UserDisabled.model_validate({"user_id": "018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11"})
