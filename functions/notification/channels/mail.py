"""Mail, by SMTP."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from functools import lru_cache

import aiosmtplib

from lms.settings import SettingsError, setting
from notification.channels import ChannelDown, Outgoing, Undeliverable
from notification.words import words

_COMMAND_SECONDS = 8
_SECONDS = 18


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out, and the address that it comes from."""

    host: str
    port: int
    username: str | None
    password: str | None
    security: str
    sender: str

    @property
    def domain(self) -> str:
        """The institute's, after the sender's @."""
        return self.sender.rpartition("@")[2]

    @classmethod
    def from_environment(cls) -> "MailServer":
        """Reads `SMTP_*` and `MAIL_FROM`; a password that would travel in clear is refused."""
        server = cls(
            host=setting("SMTP_HOST"),
            port=int(setting("SMTP_PORT")),
            username=os.environ.get("SMTP_USERNAME") or None,
            password=os.environ.get("SMTP_PASSWORD") or None,
            security=setting("SMTP_SECURITY"),
            sender=parseaddr(setting("MAIL_FROM"))[1],
        )
        if server.security not in ("starttls", "tls", "none"):
            raise SettingsError("SMTP_SECURITY is neither starttls nor tls nor none")
        if server.username and server.security == "none":
            raise SettingsError("SMTP_USERNAME is set and SMTP_SECURITY is none")
        return server


@lru_cache(maxsize=1)
def mail_server() -> MailServer:
    """The worker's mail server."""
    return MailServer.from_environment()


async def send(outgoing: Outgoing, now: datetime) -> None:
    """Returns once the server has taken the mail; raises `Undeliverable` or `ChannelDown`."""
    server = mail_server()
    mail = _compose(outgoing, server, now)
    try:
        async with asyncio.timeout(_SECONDS):
            await post(mail, server)
    except TimeoutError:
        raise ChannelDown("SMTP: too slow") from None


def _compose(outgoing: Outgoing, server: MailServer, now: datetime) -> EmailMessage:
    """The mail as it goes out; `Undeliverable` for what is no single address.

    Its Message-ID is the same for every try, so that a mail program recognises a second copy. Where the message can be
    switched off, mail programs offer to do that by one click (RFC 8058).
    """
    frame = outgoing.frame
    text = words(frame.language).mail(outgoing.message, frame)
    mail = EmailMessage()
    mail["From"] = Address(frame.institute, addr_spec=server.sender)
    try:
        mail["To"] = Address(addr_spec=outgoing.address)
    except (ValueError, IndexError) as error:  # IndexError: the standard library's parser, on an empty address
        raise Undeliverable("no e-mail address") from error
    mail["Subject"] = text.subject
    mail["Date"] = now
    mail["Message-ID"] = f"<{outgoing.id}@{server.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if frame.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{frame.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text.text())
    mail.add_alternative(text.html(), subtype="html")
    return mail


async def post(mail: EmailMessage, server: MailServer) -> None:
    try:
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            # Else it looks the machine's name up in the DNS for every mail, in a thread.
            local_hostname=server.domain,
            username=server.username,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            timeout=_COMMAND_SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise _judged(error.recipients[0].code, "recipient refused") from None
    except aiosmtplib.SMTPDataError as error:
        raise _judged(error.code, "mail refused") from None
    except aiosmtplib.SMTPResponseException as error:
        # The greeting, the sign-in, the sender: not this mail's fault, and an operator may mend it.
        raise ChannelDown(f"SMTP {error.code}: {type(error).__name__}") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise ChannelDown(f"SMTP: {type(error).__name__}") from None


def _judged(code: int, what: str) -> Exception:
    return (Undeliverable if code >= 500 else ChannelDown)(f"SMTP {code}: {what}")
