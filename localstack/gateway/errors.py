"""Kong's own answers: one message in the form that the client accepts."""

import json
import re
import time
from email.utils import formatdate
from functools import lru_cache

from localstack.gateway.headers import Headers
from localstack.gateway.http1 import Response

SERVER = "kong/3.9.1"
JSON_TYPE = "application/json; charset=utf-8"
_TEMPLATES = {
    JSON_TYPE: '{\n  "message":"%s",\n  "request_id":"%s"\n}',
    "text/plain; charset=utf-8": "%s\nrequest_id: %s\n",
    "application/xml; charset=utf-8": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>%s</message>\n'
        "  <requestid>%s</requestid>\n</error>\n"
    ),
    "text/html; charset=utf-8": (
        '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n'
        "    <h1>Error</h1>\n    <p>%s.</p>\n    <p>request_id: %s</p>\n  </body>\n</html>\n"
    ),
}
_MEDIA_TYPES = {template.partition(";")[0]: template for template in _TEMPLATES} | {
    "*/*": JSON_TYPE,
    "application/*": JSON_TYPE,
    "text/*": "text/plain; charset=utf-8",
}
_QUALITY = re.compile(r";\s*q=(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)", re.IGNORECASE)


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def date() -> str:
    """Now, as a Date header tells it."""
    return _date(int(time.time()))


def page(title: str) -> bytes:
    """nginx's own page."""
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ).encode()


def response_type(accept: str | None) -> str:
    """The form that the client likes best; JSON when it says nothing that is known here."""
    best, chosen = 0.0, JSON_TYPE
    for item in (accept or "").split(","):
        media_type = item.partition(";")[0].strip().lower()
        quality = _QUALITY.search(item)
        weight = float(quality[1]) if quality else 1.0
        if media_type and weight > best:
            best, chosen = weight, _MEDIA_TYPES.get(media_type, JSON_TYPE)
    return chosen


def answer(status: int, content_type: str | None, body: bytes, extra: list[tuple[str, str]]) -> Response:
    """An answer that Kong makes itself. X-Kong-Response-Latency and X-Kong-Request-Id are the caller's."""
    headers = Headers([("Date", date())])
    if content_type is not None:
        headers.add("Content-Type", content_type)
    headers.add("Content-Length", str(len(body)))
    headers.add("Server", SERVER)
    for name, value in extra:
        headers.add(name, value)
    return Response(status, headers, body)


def error(status: int, message: str, request_id: str, accept: str | None) -> Response:
    """kong.response.error(): the message by Accept, with the request id."""
    content_type = response_type(accept)
    return answer(status, content_type, (_TEMPLATES[content_type] % (message, request_id)).encode(), [])


def gateway_error(status: int, message: str, request_id: str, request_headers: Headers) -> Response:
    """What nginx's error page says: without Accept by the request's Content-Type, without that in plain text."""
    wanted = request_headers.get("accept") or request_headers.get("content-type") or "text/plain"
    return error(status, message, request_id, wanted)


def exit_json(status: int, body: dict[str, str], *extra: tuple[str, str]) -> Response:
    """kong.response.exit() with a table: always JSON, no request id."""
    return answer(status, JSON_TYPE, json.dumps(body).encode(), list(extra))
