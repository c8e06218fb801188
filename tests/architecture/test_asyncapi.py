"""The description of the events for other languages is the catalogue's."""

from typing import Any

import pytest
import yaml

from lms.events.catalogue import CATALOGUE, TOPICS
from operations.documents import asyncapi, event_page
from operations.source import ROOT


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    return described


def test_the_description_is_current() -> None:
    assert asyncapi.PATH.read_text() == asyncapi.text(), "run `make docs`"


def test_the_page_of_events_is_current() -> None:
    assert event_page.PATH.read_text() == event_page.text(), "run `make docs`"


def test_the_page_says_of_every_event_who_publishes_and_who_consumes_it() -> None:
    page = event_page.PATH.read_text()
    assert "no service</dd>" not in page
    enrolled = page.partition('id="lms.student.enrolled.v1"')[2].partition("</details>")[0]
    assert "<dd>program</dd>" in enrolled
    assert "<dd>institute, instructor, notification</dd>" in enrolled


def test_every_event_is_described_on_its_topic(document: dict[str, Any]) -> None:
    assert set(document["channels"]) == set(TOPICS)
    described = {
        (topic, document["components"]["messages"][name]["name"])
        for topic, channel in document["channels"].items()
        for name in channel["messages"]
    }
    assert described == {(event.topic, event.type) for event in CATALOGUE.values()}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: object) -> list[str]:
        match part:
            case {"$ref": str(target)}:
                return [target]
            case dict():
                return [found for value in part.values() for found in references(value)]
            case list():
                return [found for value in part for found in references(value)]
            case _:
                return []

    for reference in references(document):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
