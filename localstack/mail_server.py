"""A real mail server in the place of the catcher, as `LMS_SMTP_URL` names it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote, urlsplit

_PORTS: Mapping[str, int] = MappingProxyType({"smtp": 587, "smtps": 465})
_SECONDS = 10


class InvalidMailServer(ValueError):
    """`LMS_SMTP_URL` or `LMS_MAIL_FROM` holds something that cannot be meant."""


class MailServerRefused(RuntimeError):
    """The server does not take our mail, and would not later either."""


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out, and from which address."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def from_url(cls, url: str, sender: str) -> MailServer:
        """`smtp://user:password@host:587` (STARTTLS), or `smtps://` (TLS from the first byte on).

        Without TLS only a server on this machine is asked, and without a password. Raises InvalidMailServer.
        """
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in _PORTS or not parts.hostname or port == 0 or parts.path.strip("/") or parts.query:
            # Without what was given: it holds a password.
            raise InvalidMailServer("LMS_SMTP_URL must be like smtp://user:password@mail.example.org:587, or smtps://")
        if (parts.username is None) != (parts.password is None):
            raise InvalidMailServer("LMS_SMTP_URL must hold both a user and a password, or neither")
        if "@" not in parseaddr(sender)[1]:
            raise InvalidMailServer("LMS_MAIL_FROM must be the address that mails come from, such as lms@example.org")
        is_here = parts.hostname in ("127.0.0.1", "localhost") and parts.username is None
        plain: Literal["none", "starttls"] = "none" if is_here else "starttls"
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            security="tls" if parts.scheme == "smtps" else plain,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=parseaddr(sender)[1],
        )

    def check(self) -> str | None:
        """Signs in as functions will. What keeps it from that now, None when nothing does.

        Raises MailServerRefused for what waiting does not mend: the password, the certificate, a server without TLS.
        """
        try:
            with self._connected() as server:
                if self.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.username:
                    server.login(self.username, self.password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            raise MailServerRefused(f"The mail server {self.host}:{self.port} refuses us: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            return f"the mail server {self.host}:{self.port} does not answer now, mails wait for it: {error}"
        return None

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
