"""python -m operations.documents.asyncapi: writes `docs/asyncapi.yaml` (AsyncAPI 3.0) from the catalogue of events.

A test fails when it is stale.
"""

from inspect import cleandoc
from typing import Any

import yaml
from pydantic.json_schema import models_json_schema

from lms.events import Event
from lms.events.catalogue import CATALOGUE, TOPICS
from operations.source import ROOT

PATH = ROOT / "docs" / "asyncapi.yaml"
_DESCRIPTION = """\
What happened, for every service that needs to know. Each writes its events in the transaction of the change and
reads those of others; delivery is at least once, in order for a key most of the time, so consumers let `version`
decide and drop what is older than what they know. Types that a consumer does not know are skipped."""
_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in Kafka's binary mode.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "The same for every delivery of an event."},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "description": "/lms/ and the service that emits it."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The entity that changed; also the key of the record."},
        "ce_requestid": {"type": "string", "description": "X-Request-ID of the request that led to it."},
        "ce_republished": {"const": "true", "description": "An old fact, emitted again to fill projections: no news."},
        "content-type": {"const": "application/json"},
    },
}


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Education LMS events", "version": "1.0.0", "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{action}-{topic}": {"action": action, "channel": _ref("channels", topic)}
            for topic in TOPICS
            for action in ("send", "receive")
        },
        "components": {
            "messages": {event.__name__: _message(event) for event in CATALOGUE.values()},
            "schemas": {"Headers": _HEADERS, **_schemas()},
        },
    }


def _channel(topic: str) -> dict[str, Any]:
    names = [event.__name__ for event in CATALOGUE.values() if event.topic == topic]
    return {"address": topic, "messages": {name: _ref("components", "messages", name) for name in names}}


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        **({"description": cleandoc(event.__doc__)} if event.__doc__ else {}),
        "headers": {
            "allOf": [_ref("components", "schemas", "Headers"), {"properties": {"ce_type": {"const": event.type}}}]
        },
        "payload": _ref("components", "schemas", event.__name__),
        "bindings": {"kafka": {"key": {"type": "string", "description": "As ce_subject."}}},
    }


def _schemas() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(event, "serialization") for event in CATALOGUE.values()], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _ref(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _lines(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _lines)


def text() -> str:
    """The description as the file holds it."""
    return yaml.dump(document(), Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


if __name__ == "__main__":
    PATH.write_text(text())
