"""What stands around notification: an SMTP server and Twilio on ports of their own, and Lambda's hand on the queue."""

import base64
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

import boto3
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from lms.event_secrets import encrypt_secret
from lms.events import Person, UserPasswordResetRequested, UserProfileUpdated, UserRegistered, UserVerificationRequested
from notification import delivery
from notification.queues import sqs
from notification.tables import Notification
from tests.conftest import Clock


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class MailServer:
    """Takes mail, or answers as it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self._offered = 0
        self.to_recipient = "250 OK"
        self.to_data = "250 OK"
        self.takes_every_second = False
        self.hangs_up_after_data = False
        self.before_answer: Callable[[], None] = lambda: None
        self.silent = threading.Event()
        self._release = threading.Event()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.recipients.append(address)
        if self.silent.is_set():
            await server.loop.run_in_executor(None, self._release.wait, 20)
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._offered += 1
        if self.takes_every_second and self._offered % 2:
            return "452 insufficient storage"
        if self.to_data.startswith("250"):
            mail = message_from_bytes(envelope.content or b"", policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        self.before_answer()
        if self.hangs_up_after_data:
            server.transport.abort()
        return self.to_data

    @contextmanager
    def running(self) -> Iterator[int]:
        port = free_port()
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield port
        finally:
            self._release.set()
            controller.stop()


class Twilio:
    """Takes messages by Twilio's call, or answers as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.answer: tuple[int, dict[str, Any]] = (201, {"sid": "SM00", "status": "queued"})

    @contextmanager
    def running(self) -> Iterator[str]:
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                credentials = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
                twilio.calls.append((self.path, credentials, {name: value for name, (value,) in fields.items()}))
                status, body = twilio.answer
                payload = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *args: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def deliver(event: dict[str, Any]) -> Any:
    """Calls the function in a thread, so that its event loop and that of an API function do not meet."""
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(delivery.handler, event, cast(Any, None)).result()


class Queue:
    """The delivery queue, and Lambda's work at it. `pauses` has the visibility time-outs that were asked for."""

    def __init__(self) -> None:
        self._client = boto3.client("sqs")
        self._url = os.environ["DELIVERY_QUEUE_URL"]
        self.pauses: list[int] = []
        sqs().meta.events.register(
            "provide-client-params.sqs.ChangeMessageVisibility",
            lambda params, **_: self.pauses.append(params["VisibilityTimeout"]),
        )

    def put(self, body: str) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def bodies(self) -> list[Any]:
        return [json.loads(message["Body"]) for message in self._receive()]

    def deliver(self) -> int:
        """Hands everything in the queue to the function at once; answers how many entries it wants again."""
        received = self._receive()
        event = {"Records": [record(message) for message in received]}
        failed = {failure["itemIdentifier"] for failure in deliver(event)["batchItemFailures"]}
        for message in received:
            if message["MessageId"] in failed:
                self._client.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
                )
            else:
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return len(failed)

    def _receive(self) -> list[Any]:
        answer = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, AttributeNames=["All"])
        return list(answer.get("Messages", []))


def record(message: Any) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:DeliveryQueue",
        "awsRegion": "eu-central-1",
    }


ADA = UUID("018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11")
RESET = UUID("6f9f2d0e-30ad-4b5e-9d7b-0f4f8f4f1d11")
CODE = "402117"
LINK_TOKEN = "6f9f2d0e30ad4b5e9d7b0f4f8f4f1d11.q3V9o0kYw"


def registered(**changes: Any) -> UserRegistered:
    person = Person(username="ada", email="ada@example.org", name="Ada Lovelace")
    facts: dict[str, Any] = {
        "user_id": ADA,
        "version": 1,
        "is_type": "student",
        "roll_no": "7Q2M5K9XTA",
        "person": person,
    }
    return UserRegistered(**{**facts, **changes})


def named(name: str) -> UserProfileUpdated:
    """Something to tell at the confirmed address of a person of this name."""
    person = Person(username="ada", email="ada@example.org", name=name)
    return moved(person=person, email_verified=True, mobile_change="set")


def addressed(email: str) -> UserRegistered:
    return registered(person=Person(username="ada", email=email, name="Ada Lovelace"))


def moved(**changes: Any) -> UserProfileUpdated:
    facts: dict[str, Any] = {
        "user_id": ADA,
        "version": 5,
        "is_type": "student",
        "roll_no": "7Q2M5K9XTA",
        "person": Person(username="ada", email="new@example.org", name="Ada Lovelace"),
        "email_verified": False,
        "mobile_verified": False,
    }
    return UserProfileUpdated(**{**facts, **changes})


def reset_requested(clock: Clock, **changes: Any) -> UserPasswordResetRequested:
    return UserPasswordResetRequested(**{**_code(clock), "link_token": encrypt_secret(LINK_TOKEN), **changes})


def verification_requested(clock: Clock, **changes: Any) -> UserVerificationRequested:
    return UserVerificationRequested(**{**_code(clock), **changes})


def _code(clock: Clock) -> dict[str, Any]:
    return {
        "user_id": ADA,
        "version": 4,
        "reset_id": RESET,
        "channel": "email",
        "destination": "ada@example.org",
        "code": encrypt_secret(CODE),
        "expires_at": clock.now + timedelta(minutes=15),
    }


def rows() -> list[Notification]:
    return list(Notification.scan())


def row() -> Notification:
    (only,) = rows()
    return only


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
