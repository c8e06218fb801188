"""The catcher's web side: the page, Mailpit's REST API, Twilio's call for SMS."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from localstack.catcher.page import latest, page
from localstack.catcher.store import Store

MAX_BODY = 1 << 20
MAX_PAGE = 1000
_MESSAGE = re.compile(r"/api/v1/message/([\w-]+)")
_TWILIO = re.compile(r"/2010-04-01/Accounts/([\w-]+)/Messages\.json")
_LISTED = ("ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Created", "Tags", "Size", "Snippet")


class Refused(Exception):
    """A request that is answered with a status and a word of explanation."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class WebServer(ThreadingHTTPServer):
    """Serves one store."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        super().__init__(address, Handler)
        self.store = store


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: WebServer
    protocol_version = "HTTP/1.1"
    # A client that stops in the middle of a request does not keep its thread.
    timeout = 30

    def do_GET(self) -> None:
        self._answered(self._get)

    def do_POST(self) -> None:
        self._answered(self._post)

    def do_DELETE(self) -> None:
        self._answered(self._delete)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Nothing: the page itself is the log."""

    def _answered(self, handle: Callable[[str, dict[str, str], bytes], None]) -> None:
        split = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(split.query).items()}
        try:
            body = self._body()
            handle(split.path, query, body)
        except Refused as refused:
            self._json({"Error": str(refused)}, refused.status)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]+", length) or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "a body needs a Content-Length")
        if int(length) > MAX_BODY:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body holds {MAX_BODY} bytes at most")
        return self.rfile.read(int(length))

    def _get(self, path: str, query: dict[str, str], body: bytes) -> None:  # noqa: ARG002 - one form for all methods
        store = self.server.store
        if path == "/":
            nonce = secrets.token_urlsafe(16)
            policy = f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'"
            self._send(
                page(store.everything(), nonce), "text/html; charset=utf-8", headers={"Content-Security-Policy": policy}
            )
        elif path == "/latest":
            self._send(latest(store.everything()), "text/plain")
        elif path in {"/livez", "/readyz"}:
            self._send("ok", "text/plain")
        elif path == "/api/v1/messages":
            self._listed(query, recipient="")
        elif path == "/api/v1/search":
            self._listed(query, recipient=_recipient(query.get("query", "")))
        elif found := _MESSAGE.fullmatch(path):
            mail = store.mail(found[1])
            if mail is None:
                raise Refused(HTTPStatus.NOT_FOUND, "message not found")
            self._json({name: value for name, value in mail.items() if name not in {"Created", "Snippet"}})
        elif _TWILIO.fullmatch(path):
            _, messages = store.newest("sms", _number(query, "PageSize", 50), recipient=query.get("To", ""))
            self._json({"messages": messages})
        else:
            raise Refused(HTTPStatus.NOT_FOUND, "no such page")

    def _listed(self, query: dict[str, str], recipient: str) -> None:
        start = _number(query, "start", 0)
        total, mails = self.server.store.newest("mail", _number(query, "limit", 50), start, recipient)
        messages = [
            {**{name: mail[name] for name in _LISTED}, "Read": False, "Attachments": len(mail["Attachments"])}
            for mail in mails
        ]
        count = {"total": total, "unread": total, "count": len(messages), "messages_count": total}
        self._json({**count, "start": start, "tags": [], "messages": messages})

    def _post(self, path: str, query: dict[str, str], body: bytes) -> None:  # noqa: ARG002
        account = _TWILIO.fullmatch(path)
        if account is None:
            raise Refused(HTTPStatus.NOT_FOUND, "no such page")
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if not form.get("To") or not form.get("Body"):
            raise Refused(HTTPStatus.BAD_REQUEST, "To and Body are required")
        sms = {
            "sid": f"SM{uuid.uuid4().hex}",
            "account_sid": account[1],
            "to": form["To"],
            "from": form.get("From", ""),
            "body": form["Body"],
            "status": "queued",
            "date_created": datetime.now(UTC).isoformat(timespec="seconds"),
            "error_code": None,
            "error_message": None,
        }
        self.server.store.add_sms(sms)
        self._json(sms, HTTPStatus.CREATED)

    def _delete(self, path: str, query: dict[str, str], body: bytes) -> None:  # noqa: ARG002
        if path != "/api/v1/messages":
            raise Refused(HTTPStatus.NOT_FOUND, "no such page")
        self.server.store.clear()
        self._send("ok", "text/plain")

    def _json(self, document: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(document), "application/json", status)

    def _send(
        self, text: str, kind: str, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
    ) -> None:
        body = text.encode()
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
        for name, value in {**fixed, "X-Content-Type-Options": "nosniff", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return min(int(text), MAX_PAGE) if text.isdecimal() else default


def _recipient(query: str) -> str:
    """The one search that tests need: `to:someone@example.org`, quoted or not."""
    for word in query.split():
        if word.startswith("to:"):
            return word.removeprefix("to:").strip('"')
    raise Refused(HTTPStatus.BAD_REQUEST, "only to:ADDRESS can be searched for")
