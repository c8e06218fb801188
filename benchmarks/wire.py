"""DynamoDB's protocol spoken straight over a socket, in the place of the AWS SDK's client.

The SDK takes two thirds of a long load's processor time on the client's side (user agents, endpoint rules, signing,
parsing); what it sends and what the services get is the same. The emulator asks for no signature: only for the
account and region that one names.
"""

import json
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from lms import dynamo

Listener = Callable[[str, dict[str, Any], dict[str, Any]], None]
"""Hears of each call: its name, what was asked and what was answered."""


def use(listener: Listener) -> None:
    """Leads everything that the tables of this process ask through here."""
    client: Any = dynamo._connection().client
    client._make_api_call = _Wire(os.environ["AWS_ENDPOINT_URL"], listener).call


class _Wire:
    """A connection for each thread."""

    def __init__(self, url: str, listener: Listener) -> None:
        address = urlsplit(url)
        self._address = address.hostname or "", address.port or 80
        self._listener = listener
        self._of_thread = threading.local()
        scope = f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/{os.environ['AWS_REGION']}/dynamodb/aws4_request"
        self._head = (
            f"POST / HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/x-amz-json-1.0\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none\r\n"
        )

    def call(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """As the SDK's client: raises its `ClientError` for what DynamoDB refuses."""
        asked["ReturnConsumedCapacity"] = "TOTAL"
        body = json.dumps(asked).encode()
        head = f"{self._head}X-Amz-Target: DynamoDB_20120810.{operation}\r\nContent-Length: {len(body)}\r\n\r\n"
        status, answer = self._exchange(head.encode() + body)
        if status != 200:
            code = answer.pop("__type", "").rpartition("#")[2]
            message = answer.get("message") or answer.get("Message", "")
            answer |= {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self._listener(operation, asked, answer)
        if status != 200:
            raise ClientError(answer, operation)  # type: ignore[arg-type]  # its keys are those of the protocol
        return answer

    def _exchange(self, request: bytes) -> tuple[int, dict[str, Any]]:
        """Sends a request once more when the emulator has closed the connection, which it does now and then."""
        try:
            return self._sent(request)
        except (ConnectionError, EOFError):
            del self._of_thread.connection
            return self._sent(request)

    def _sent(self, request: bytes) -> tuple[int, dict[str, Any]]:
        if not hasattr(self._of_thread, "connection"):
            connection = socket.create_connection(self._address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._of_thread.connection = connection, connection.makefile("rb")
        connection, incoming = self._of_thread.connection
        connection.sendall(request)
        return _answer(incoming)


def _answer(incoming: BinaryIO) -> tuple[int, dict[str, Any]]:
    line, length = incoming.readline(), 0
    if not line:
        raise EOFError
    status = int(line.split()[1])
    while line := incoming.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    answer: dict[str, Any] = json.loads(incoming.read(length))
    return status, answer
