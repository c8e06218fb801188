"""The public door of a function: HTTP requests as API Gateway hands them over, through Kong's headers."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from localstack.recorded import filled
from tests import recorded
from tests.documented import check_documented, check_readable
from tests.template import ENVIRONMENT


class Answer:
    """A response, as the client sees it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.cookies: list[str] = raw.get("cookies", [])
        sent = raw.get("body") or ""
        self.body: bytes = base64.b64decode(sent) if raw.get("isBase64Encoded") else sent.encode()

    @property
    def text(self) -> str:
        is_compressed = self.body and self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if is_compressed else self.body).decode()

    @property
    def version(self) -> int:
        """The version in front of the digest in an object's ETag."""
        return int(self.headers["etag"].strip('"').partition("-")[0])

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def problem(self) -> tuple[int, str]:
        """Status and code of a refusal."""
        assert self.headers["content-type"] == "application/problem+json", self
        return self.status, self.json["type"].removeprefix("urn:lms:problem:")

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:500]}>"


class Context:
    """What Lambda says of a function's time: so many milliseconds are left, and after so many looks none."""

    def __init__(self, milliseconds: int = 55_000, *, looks: float = float("inf")) -> None:
        self._milliseconds = milliseconds
        self._looks = looks

    def get_remaining_time_in_millis(self) -> int:
        self._looks -= 1
        return self._milliseconds if self._looks >= 0 else 0


class Client:
    """Calls a Lambda handler with HTTP API events (payload version 2.0); its answers are `documented` ones.

    An application that tests make up is not.
    """

    def __init__(self, handler: Callable[[dict[str, Any], Any], dict[str, Any]], *, documented: bool = True) -> None:
        self._handler = handler
        self._documented = documented
        self.headers = {"x-gateway-secret": ENVIRONMENT["GATEWAY_SECRET"], "x-real-ip": "203.0.113.7"}

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        form: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        sent = {**self.headers, **(headers or {})}
        payload = raw or b""
        if body is not None:
            payload = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        if form is not None:
            payload = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            # API Gateway takes cookies out of the headers.
            "headers": {name: value for name, value in sent.items() if name != "cookie"},
            "cookies": sent["cookie"].split("; ") if "cookie" in sent else [],
            "requestContext": {
                "http": {"method": method, "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"},
                "stage": "$default",
            },
            "body": base64.b64encode(payload).decode(),
            "isBase64Encoded": True,
        }
        answer = Answer(self._handler(event, None))
        if self._documented:
            check_documented(method, path, answer.status, answer.text)
            if "location" in answer.headers:
                check_readable(answer.headers["location"])
        return answer

    def replay(self, name: str, token: str = "") -> Answer:
        """A recorded request, as `make invoke` sends it."""
        return Answer(self._handler(filled(recorded.event(name), ENVIRONMENT["GATEWAY_SECRET"], token), None))

    def list_all(self, path: str, *, limit: int, token: str | None = None, **query: str) -> list[Any]:
        """All items of a list, page after page."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.get(path, token=token, query={"limit": str(limit), **query, **cursor})
            assert answer.status == 200, answer
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            if answer.json["next"] is None:
                return items
            cursor = {"cursor": answer.json["next"]}

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        return self("POST", path, body, **kwargs)

    def put(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        return self("PUT", path, body, **kwargs)

    def patch(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        return self("PATCH", path, body, **kwargs)

    def delete(self, path: str, body: Any = None, **kwargs: Any) -> Answer:
        return self("DELETE", path, body, **kwargs)


def kafka_event(*events: Any, emitted_at: datetime | None = None, republished: bool = False) -> dict[str, Any]:
    """Events (`lms.events`) as an MSK trigger delivers them, in one partition; emitted now, unless it is said when."""
    from lms.ids import uuid7

    records = []
    for offset, event in enumerate(events):
        headers = {
            "ce_id": str(uuid7()),
            "ce_type": event.type,
            "ce_source": "/lms/tests",
            "ce_specversion": "1.0",
            "ce_subject": event.subject,
            "ce_time": (emitted_at or datetime.now(UTC)).isoformat().replace("+00:00", "Z"),
            "ce_requestid": "request-of-the-test",
            **({"ce_republished": "true"} if republished else {}),
        }
        records.append(
            {
                "topic": event.topic,
                "partition": 0,
                "offset": offset,
                "timestamp": 1700000000000,
                "timestampType": "CREATE_TIME",
                "key": base64.b64encode(event.subject.encode()).decode(),
                "value": base64.b64encode(event.model_dump_json().encode()).decode(),
                "headers": [{name: list(value.encode())} for name, value in headers.items()],
            }
        )
    return {
        "eventSource": "aws:kafka",
        "eventSourceArn": "arn:aws:kafka:eu-central-1:123456789012:cluster/lms/00000000-0000-0000-0000-000000000000-1",
        "bootstrapServers": "127.0.0.1:9092",
        "records": {f"{events[0].topic}-0": records} if events else {},
    }
