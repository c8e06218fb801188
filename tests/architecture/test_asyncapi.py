"""The description of the events for other languages is the catalogue's."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest
import yaml

from docs import generate_event_page
from lms.events import CATALOGUE, TOPICS
from tests.template import ROOT


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = spec_from_file_location("generate_asyncapi", ROOT / "docs" / "generate_asyncapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    return described


def test_the_description_is_current(generator: ModuleType) -> None:
    assert generator.PATH.read_text() == generator.text(), "run docs/generate_asyncapi.py"


def test_the_page_of_events_is_current() -> None:
    assert generate_event_page.PATH.read_text() == generate_event_page.text(), "run `make docs`"


def test_the_page_says_of_every_event_who_tells_it_and_who_hears_it() -> None:
    page = generate_event_page.PATH.read_text()
    assert "nobody</dd>" not in page
    enrolled = page.partition('id="lms.student.enrolled.v1"')[2].partition("</details>")[0]
    assert "<dd>program</dd>" in enrolled
    assert "<dd>instructor, notification</dd>" in enrolled


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
