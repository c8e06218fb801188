from collections.abc import Callable
from email.message import EmailMessage

import pytest

from lms.event_secrets import encrypt_secret
from tests.conftest import Clock
from tests.notification.world import (
    CODE,
    LINK_TOKEN,
    RESET,
    MailServer,
    Queue,
    addressed,
    html_of,
    moved,
    named,
    registered,
    reset_requested,
    row,
    text_of,
    verification_requested,
)

LINK = f"http://127.0.0.1:8000/auth/reset-password#token={LINK_TOKEN}"

Consume = Callable[..., None]


def only(server: MailServer) -> EmailMessage:
    (mail,) = server.mails
    return mail


def test_a_welcome_arrives_as_text_and_html(
    consume: Consume, queue: Queue, mail_server: MailServer, clock: Clock
) -> None:
    consume(registered())

    assert queue.deliver() == 0

    welcome = only(mail_server)
    assert welcome["From"] == "Education LMS <no-reply@lms.example>"
    assert welcome["To"] == "ada@example.org"
    assert welcome["Subject"] == "Welcome to Education LMS"
    assert welcome["Date"].datetime == clock.now
    assert welcome["Message-ID"] == f"<{row().id}@lms.example>"
    assert welcome.get_content_type() == "multipart/alternative"
    for body in (text_of(welcome), html_of(welcome)):
        assert "Hello," in body
        assert "Ada" not in body
        assert "7Q2M5K9XTA" in body


def test_who_is_known_to_own_the_address_is_addressed_by_name(
    consume: Consume, queue: Queue, mail_server: MailServer
) -> None:
    consume(named("Ada Lovelace"))

    queue.deliver()

    for body in (text_of(only(mail_server)), html_of(only(mail_server))):
        assert "Dear Ada Lovelace," in body


def test_a_reset_mail_has_the_code_on_a_line_of_its_own_its_id_and_the_link(
    consume: Consume, queue: Queue, mail_server: MailServer, clock: Clock
) -> None:
    consume(reset_requested(clock))

    queue.deliver()

    lines = text_of(only(mail_server)).splitlines()
    assert CODE in lines
    assert LINK in lines
    assert str(RESET) in text_of(only(mail_server))
    assert CODE in html_of(only(mail_server))
    assert f'href="{LINK}"' in html_of(only(mail_server))


def test_an_invitation_has_the_link_to_set_a_password(
    consume: Consume, queue: Queue, mail_server: MailServer, clock: Clock
) -> None:
    consume(
        registered(
            invitation=encrypt_secret(LINK_TOKEN), invitation_expires_at=clock.now.replace(year=clock.now.year + 1)
        )
    )

    queue.deliver()

    assert LINK in text_of(only(mail_server)).splitlines()


def test_a_verification_mail_has_the_code_and_no_link(
    consume: Consume, queue: Queue, mail_server: MailServer, clock: Clock
) -> None:
    consume(verification_requested(clock))

    queue.deliver()

    assert CODE in text_of(only(mail_server)).splitlines()
    assert "http" not in text_of(only(mail_server))


def test_the_old_address_hears_of_the_change_but_not_of_the_new_one(
    consume: Consume, queue: Queue, mail_server: MailServer
) -> None:
    consume(moved(previous_email="ada@example.org"))

    queue.deliver()

    assert mail_server.recipients == ["ada@example.org"]
    assert "e-mail address of your account at Education LMS was changed" in text_of(only(mail_server))
    assert "new@example.org" not in only(mail_server).as_string()


def test_what_users_typed_is_escaped_in_html(consume: Consume, queue: Queue, mail_server: MailServer) -> None:
    consume(named('<script>alert("Ada")</script>'))

    queue.deliver()

    assert "<script>" not in html_of(only(mail_server))
    assert "&lt;script&gt;alert(&quot;Ada&quot;)&lt;/script&gt;" in html_of(only(mail_server))


def test_a_name_with_line_breaks_makes_no_lines_and_no_headers(
    consume: Consume, queue: Queue, mail_server: MailServer
) -> None:
    consume(named("Ada\r\nBcc: eve@example.org\r\n\r\n123456"))

    queue.deliver()

    assert "Bcc" not in only(mail_server)
    assert "123456" not in text_of(only(mail_server)).splitlines()
    assert mail_server.recipients == ["ada@example.org"]


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "ada@example.org> RCPT TO:<eve@example.org",
        "no address",
        "",
    ],
)
def test_an_address_that_is_no_single_address_gets_nothing(
    consume: Consume, queue: Queue, mail_server: MailServer, address: str
) -> None:
    consume(addressed(address))

    assert queue.deliver() == 0

    assert mail_server.recipients == []
    assert (row().status, row().reason) == ("failed", "no e-mail address")
