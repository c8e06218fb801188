"""What stands around notification: an SMTP server and Twilio, on ports of their own, and what mails say."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class MailServer:
    """Takes mail, or answers as a test wants."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.greetings: list[str] = []
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
        self.greetings.append(session.host_name or "")
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
    """Takes messages by Twilio's call, or answers as a test wants."""

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


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
