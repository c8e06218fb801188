from email.message import EmailMessage

import pytest

from lms import roster
from lms.dynamo import transaction
from lms.event_secrets import encrypt_secret
from lms.events.users import Person
from tests.notification.servers import MailServer, html_of, text_of
from tests.notification.world import CODE, LINK_TOKEN, RESET, School, row

INVITATION = f"http://127.0.0.1:8000/app/invitation#token={LINK_TOKEN}"
LINK = f"http://127.0.0.1:8000/app/reset-password#token={LINK_TOKEN}"


def only(server: MailServer) -> EmailMessage:
    (mail,) = server.mails
    return mail


def test_a_welcome_arrives_as_text_and_html(school: School, mail_server: MailServer) -> None:
    school.consume(school.registered())

    assert school.deliver() == 0

    welcome = only(mail_server)
    assert welcome["From"] == "Education LMS <no-reply@lms.example>"
    assert welcome["To"] == "ada@example.org"
    assert welcome["Subject"] == "Welcome to Education LMS"
    assert welcome["Date"].datetime == school.clock.now
    assert welcome["Message-ID"] == f"<{row().id}@lms.example>"
    assert welcome.get_content_type() == "multipart/alternative"
    for body in (text_of(welcome), html_of(welcome)):
        assert "Hello," in body
        assert "Ada" not in body
        assert "7Q2M5K9XTA" in body


def test_the_mail_server_is_greeted_by_the_domain_of_the_sender(school: School, mail_server: MailServer) -> None:
    school.consume(school.registered())

    school.deliver()

    assert mail_server.greetings == ["lms.example"]


def test_mails_are_signed_by_the_institute_as_its_administrators_named_it(
    school: School, mail_server: MailServer
) -> None:
    with transaction() as tx:
        roster.put_institute(tx, {"name": "Karachi Institute, of AI"}, version=1)
    school.consume(school.registered())

    school.deliver()

    welcome = only(mail_server)
    assert welcome["From"].addresses[0].display_name == "Karachi Institute, of AI"
    assert welcome["Subject"] == "Welcome to Karachi Institute, of AI"
    assert text_of(welcome).splitlines()[-2:] == ["Kind regards,", "Karachi Institute, of AI"]


def test_who_is_known_to_own_the_address_is_addressed_by_name(school: School, mail_server: MailServer) -> None:
    school.consume(school.named("Ada Lovelace"))

    school.deliver()

    for body in (text_of(only(mail_server)), html_of(only(mail_server))):
        assert "Dear Ada Lovelace," in body


def test_a_reset_mail_has_the_code_on_a_line_of_its_own_its_id_and_the_link(
    school: School, mail_server: MailServer
) -> None:
    school.consume(school.reset_requested())

    school.deliver()

    lines = text_of(only(mail_server)).splitlines()
    assert CODE in lines
    assert LINK in lines
    assert str(RESET) in text_of(only(mail_server))
    assert CODE in html_of(only(mail_server))
    assert f'href="{LINK}"' in html_of(only(mail_server))


@pytest.mark.parametrize(("confirmed", "greeting"), [(True, "Dear Ada Lovelace,"), (False, "Hello,")])
def test_a_code_is_sent_by_name_to_a_confirmed_address_alone(
    school: School, mail_server: MailServer, confirmed: bool, greeting: str
) -> None:
    person = Person(username="ada", email="ada@example.org", name="Ada Lovelace")
    school.consume(school.profile(3, person=person, email_verified=confirmed), school.reset_requested())
    school.consume(school.reset_requested(version=5, destination="another@example.org"))

    school.deliver()

    greetings = {mail["To"]: text_of(mail).splitlines()[0] for mail in mail_server.mails}
    assert greetings == {"ada@example.org": greeting, "another@example.org": "Hello,"}


def test_an_invitation_has_the_link_to_set_a_password(school: School, mail_server: MailServer) -> None:
    school.consume(
        school.registered(
            invitation=encrypt_secret(LINK_TOKEN),
            invitation_expires_at=school.clock.now.replace(year=school.clock.now.year + 1),
        )
    )

    school.deliver()

    assert INVITATION in text_of(only(mail_server)).splitlines()


def test_an_invitation_that_is_sent_again_has_the_new_link_and_no_code(school: School, mail_server: MailServer) -> None:
    school.consume(school.invited_again())

    school.deliver()

    assert INVITATION in text_of(only(mail_server)).splitlines()
    assert CODE not in text_of(only(mail_server))


def test_a_verification_mail_has_the_code_and_no_link(school: School, mail_server: MailServer) -> None:
    school.consume(school.verification_requested())

    school.deliver()

    assert CODE in text_of(only(mail_server)).splitlines()
    assert "http" not in text_of(only(mail_server))


def test_the_old_address_hears_of_the_change_but_not_of_the_new_one(school: School, mail_server: MailServer) -> None:
    school.consume(school.profile(previous_email="ada@example.org"))

    school.deliver()

    assert mail_server.recipients == ["ada@example.org"]
    assert "e-mail address of your account at Education LMS was changed" in text_of(only(mail_server))
    assert "new@example.org" not in only(mail_server).as_string()


def test_what_users_typed_is_escaped_in_html(school: School, mail_server: MailServer) -> None:
    school.consume(school.named('<script>alert("Ada")</script>'))

    school.deliver()

    assert "<script>" not in html_of(only(mail_server))
    assert "&lt;script&gt;alert(&quot;Ada&quot;)&lt;/script&gt;" in html_of(only(mail_server))


def test_a_name_with_line_breaks_makes_no_lines_and_no_headers(school: School, mail_server: MailServer) -> None:
    school.consume(school.named("Ada\r\nBcc: eve@example.org\r\n\r\n123456"))

    school.deliver()

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
    school: School, mail_server: MailServer, address: str
) -> None:
    school.consume(school.addressed(address))

    assert school.deliver() == 0

    assert mail_server.recipients == []
    assert (row().status, row().reason) == ("failed", "no e-mail address")
