"""The page for developers: what runs, its health, where things are, how to sign in."""

import json
import os
from functools import lru_cache
from html import escape
from typing import Any

from portal import files
from portal.schemas import Health

# Set only on a local stack, whose people and mails are not real.
_DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "")
_MAIL_PAGE = os.environ.get("MAIL_PAGE_URL", "")

_DEMO_USERS = {
    "admin@demo.example": "can do everything",
    "teacher@demo.example": "teaches the courses",
    "student@demo.example": "learns",
}
_HEADLINES = {"ok": "Everything is running", "impaired": "Running, with delays", "down": "Not available"}
_PARTS = {
    "api": "API functions",
    "tables": "Tables",
    "events": "Events to Kafka",
}


def html(health: Health) -> str:
    """The whole page."""
    return (
        files.read("front.html")
        .decode()
        .replace("<!--health-->", _health(health))
        .replace("<!--sign-in-->", _sign_in() if _DEMO_PASSWORD else "")
        .replace("<!--mail-->", _mail() if _MAIL_PAGE else "")
        .replace("<!--services-->", "".join(map(_service, _services())))
    )


def _health(health: Health) -> str:
    parts = "".join(
        f'<li class="{escape(state)}"><b>{_PARTS[part]}</b> <span>{escape(state)}</span></li>'
        for part, state in health.parts.model_dump().items()
    )
    return (
        f'<section class="health {health.status}" aria-labelledby="health">'
        f'<h2 id="health">{_HEADLINES[health.status]}</h2><ul>{parts}</ul>'
        f"<p>Checked at {health.checked_at:%Y-%m-%d %H:%M:%S} UTC.</p></section>"
    )


def _sign_in() -> str:
    users = "".join(f"<tr><td><code>{name}</code></td><td>{what}</td></tr>" for name, what in _DEMO_USERS.items())
    return (
        '<section aria-labelledby="users"><h2 id="users">Sign in as</h2>'
        f"<table><thead><tr><th>Username</th><th>Role</th></tr></thead><tbody>{users}</tbody></table>"
        f"<p>All of them have the password <code>{escape(_DEMO_PASSWORD)}</code>. "
        "On the <a href=/docs/api>API page</a>, press <em>Authorize</em>.</p></section>"
    )


def _mail() -> str:
    return (
        f'<a class="card" href="{escape(_MAIL_PAGE)}"><b>Sent messages</b>'
        "<span>Mail that the system sent. It stays on this machine.</span></a>"
    )


@lru_cache(maxsize=1)
def _services() -> list[dict[str, Any]]:
    tags: list[dict[str, Any]] = json.loads(files.read("openapi.json"))["tags"]
    return tags


def _service(tag: dict[str, Any]) -> str:
    name = escape(tag["name"])
    return f'<li><a href="/docs/api#/{name}">{name}</a> <span>{escape(tag["description"])}</span></li>'
