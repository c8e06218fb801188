"""Mail, by SMTP."""

import os
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

import aiosmtplib

from lms.settings import SettingsError, setting
from notification.channels import ChannelDown, Undeliverable
from notification.rules.letters import Letter

_COMMAND_SECONDS = 8


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out. `sender` is a display name with an address; the name signs the letters."""

    host: str
    port: int
    username: str | None
    password: str | None
    start_tls: bool
    sender: str

    @classmethod
    def from_environment(cls) -> "MailServer":
        """Reads `SMTP_*` and `MAIL_FROM`; a password that would travel in clear is refused."""
        server = cls(
            host=setting("SMTP_HOST"),
            port=int(setting("SMTP_PORT")),
            username=os.environ.get("SMTP_USERNAME") or None,
            password=os.environ.get("SMTP_PASSWORD") or None,
            start_tls=setting("SMTP_STARTTLS") == "true",
            sender=setting("MAIL_FROM"),
        )
        if server.username and not server.start_tls:
            raise SettingsError("SMTP_USERNAME is set and SMTP_STARTTLS is not true")
        return server

    @property
    def institute(self) -> str:
        return parseaddr(self.sender)[0] or "Education LMS"


def compose(
    letter: Letter,
    destination: str,
    message_id: UUID,
    server: MailServer,
    now: datetime,
    unsubscribe_url: str | None = None,
) -> EmailMessage:
    """The mail as it goes out; `Undeliverable` for what is no single address.

    Its Message-ID is the same for every try, so that who gets it twice can tell. With `unsubscribe_url`, mail programs
    offer to end mails of its kind by one click (RFC 8058).
    """
    sender = parseaddr(server.sender)[1]
    mail = EmailMessage()
    mail["From"] = server.sender
    try:
        mail["To"] = Address(addr_spec=destination)
    except (ValueError, IndexError) as error:  # IndexError: the standard library's parser, on an empty address
        raise Undeliverable("no e-mail address") from error
    mail["Subject"] = letter.subject
    mail["Date"] = now
    mail["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.text())
    mail.add_alternative(letter.html(), subtype="html")
    return mail


async def send(mail: EmailMessage, server: MailServer) -> None:
    """Returns once the server has taken the mail; raises `Undeliverable` or `ChannelDown`."""
    try:
        await aiosmtplib.send(
            mail,
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            start_tls=server.start_tls,
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
