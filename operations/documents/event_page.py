"""python -m operations.documents.event_page: writes the catalogue of events as a page; a test fails when it is stale.

The publishers of an event are found where code makes or emits it; its consumers by their handlers.
"""

import os
import re
from collections.abc import Iterable
from html import escape
from importlib import import_module
from inspect import cleandoc
from typing import Any

from lms.events import Event
from lms.events.audit import Audited
from lms.events.catalogue import CATALOGUE, TOPICS
from lms.events.exchange import CourseExportPartAdded
from lms.events.exports import ExportPartAdded
from operations.source import ROOT, applications

PATH = ROOT / "functions" / "portal" / "files" / "events.html"
# Calls of the shared layer by which services publish an event that they do not name.
_BY_THE_LAYER: dict[str, type[Event]] = {
    r"\baudit\(\s*tx\b": Audited,
    r"\bexports\.add_part\(": ExportPartAdded,
    r"\bcourse_exports\.add_part\(": CourseExportPartAdded,
}
_PAGE = """\
<!doctype html>
<!-- Made by `make docs` from the catalogue of events. Do not edit. -->
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Events - Education LMS</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/files/page.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar"><nav aria-label="Pages">
  <a class="brand" href="/docs">Education LMS</a>
  <a href="/docs/api">API</a>
  <a href="/docs/events" aria-current="page">Events</a>
  <a href="/">Console</a>
</nav></header>
<main id="main" class="page">
  <h1>Events</h1>
  <p class="lead">What happened, published for all services. A service writes its events in the transaction of the
    change; Kafka delivers them as CloudEvents 1.0, at least once, keyed by what changed. Each carries the whole state
    at its <code>version</code>, so that consumers can drop what is older than what they know.</p>
  <ul class="topics">{links}</ul>
  {topics}
</main>
</body>
</html>
"""


def text() -> str:
    """The page as the file holds it."""
    links = "".join(f'<li><a href="#{topic}">{topic}</a></li>' for topic in TOPICS)
    publishers, consumers = _publishers(), _consumers()
    topics = "\n  ".join(_topic(topic, publishers, consumers) for topic in TOPICS)
    return _PAGE.format(links=links, topics=topics)


def _topic(topic: str, publishers: dict[str, list[str]], consumers: dict[str, list[str]]) -> str:
    events = "\n".join(
        _event(event, publishers.get(event.__name__, []), consumers.get(event.__name__, []))
        for event in CATALOGUE.values()
        if event.topic == topic
    )
    return f'<section aria-labelledby="{topic}"><h2 id="{topic}"><code>{topic}</code></h2>\n{events}\n</section>'


def _event(event: type[Event], publishers: list[str], consumers: list[str]) -> str:
    summary = " ".join(cleandoc(event.__doc__ or event.__mro__[1].__doc__ or "").split())
    fields = event.model_json_schema(mode="serialization", ref_template="{model}")
    rows = list(_rows(fields, fields.get("$defs", {}), ""))
    return (
        f'<details class="event" id="{event.type}"><summary><b><code>{event.type}</code></b>'
        f"<span>{_marked(summary)}</span></summary><div>"
        f"<dl><dt>Published by</dt><dd>{', '.join(publishers) or 'no service'}</dd>"
        f"<dt>Consumed by</dt><dd>{', '.join(consumers) or 'no service yet'}</dd></dl>"
        "<table><thead><tr><th>Field</th><th>Type</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _rows(schema: dict[str, Any], definitions: dict[str, Any], before: str) -> Iterable[str]:
    for name, field in schema.get("properties", {}).items():
        yield f"<tr><td><code>{before}{name}</code></td><td>{escape(_kind(field))}</td></tr>"
        inner = definitions.get(str(field.get("$ref") or field.get("items", {}).get("$ref")))
        if inner:
            yield from _rows(inner, definitions, f"{before}{name}{'[]' if 'items' in field else ''}.")


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return "object"
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "enum" in field or "const" in field:
        return ", ".join(f"“{value}”" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    return str(field.get("format") or field.get("type") or "any")


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def _publishers() -> dict[str, list[str]]:
    """The services that publish an event, by the event's class: where code makes one, or emits and names it."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "functions").rglob("*.py"):
        code = file.read_text()
        emits = re.search(r"\bemit(_again)?\b", code)
        for name in re.findall(r"\b[A-Z]\w+\b" if emits else r"\b[A-Z]\w+\b(?=\()", code):
            found.setdefault(name, set()).add(file.relative_to(ROOT / "functions").parts[0])
        for call, event in _BY_THE_LAYER.items():
            if re.search(call, code):
                found.setdefault(event.__name__, set()).add(file.relative_to(ROOT / "functions").parts[0])
    return {name: sorted(services) for name, services in found.items()}


def _consumers() -> dict[str, list[str]]:
    """The services whose consumers handle an event, by the event's class."""
    applications()
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "functions").glob("*/consumer.py")):
        consumer = import_module(f"{file.parent.name}.consumer").handler
        for event in consumer._handlers:
            found.setdefault(event.__name__, []).append(file.parent.name)
    return found


if __name__ == "__main__":
    # A consumer's own settings do not change what it handles.
    os.environ.setdefault("DEAD_LETTER_QUEUE_URL", "x")
    PATH.write_text(text())
