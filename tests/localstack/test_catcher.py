"""The catcher through its doors: SMTP, the page, Mailpit's API, Twilio's call."""

import http.client
import smtplib
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller

from localstack.catcher.__main__ import Catching
from localstack.catcher.store import Store
from localstack.catcher.web import MAX_BODY, WebServer


class Catcher:
    def __init__(self, file: Path) -> None:
        self._store = Store(file)
        self._web = WebServer(("127.0.0.1", 0), self._store)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._smtp = Controller(Catching(self._store), hostname="127.0.0.1", port=port)
        self._thread = threading.Thread(target=self._web.serve_forever, args=(0.05,))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self._web.server_port}", timeout=60, trust_env=False)

    def __enter__(self) -> "Catcher":
        self._smtp.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        self._smtp.stop()
        self._store.close()

    def send(
        self, subject: str, *, to: str = "Ann <ann@example.org>", text: str = "text", html: str = "", **headers: str
    ) -> None:
        message = EmailMessage()
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message["From"], message["To"], message["Subject"] = "LMS <lms@example.org>", to, subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self._smtp.port) as smtp:
            smtp.send_message(message, to_addrs=[to, "blind@example.org"])

    def send_sms(self, body: str, to: str = "+4915112345678") -> httpx.Response:
        form = {"To": to, "From": "+15005550006", "Body": body}
        return self.http.post("/2010-04-01/Accounts/AC1/Messages.json", data=form, auth=("AC1", "token"))


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    with Catcher(tmp_path / "catcher.sqlite") as running:
        yield running


def test_a_mail_is_listed_and_read_in_mailpits_words(catcher: Catcher) -> None:
    catcher.send("Grüße", text="Your code is 123456.\n", html="<p>Your code</p>")
    listed = catcher.http.get("/api/v1/messages").json()
    (mail,) = listed["messages"]
    assert (listed["total"], mail["Subject"], mail["Snippet"]) == (1, "Grüße", "Your code is 123456.")
    assert mail["To"] == [{"Name": "Ann", "Address": "ann@example.org"}]
    read = catcher.http.get(f"/api/v1/message/{mail['ID']}").json()
    assert (read["Text"].strip(), read["HTML"].strip()) == ("Your code is 123456.", "<p>Your code</p>")
    assert read["From"] == {"Name": "LMS", "Address": "lms@example.org"}
    assert "blind@example.org" in [who["Address"] for who in read["Bcc"]]


def test_the_way_out_of_a_mailing_is_shown(catcher: Catcher) -> None:
    catcher.send("News", List_Unsubscribe="<http://a/?x=1>, <mailto:b>", List_Unsubscribe_Post="one click")
    catcher.send("A code")
    listed = catcher.http.get("/api/v1/messages").json()["messages"]
    code, news = (catcher.http.get(f"/api/v1/message/{mail['ID']}").json()["ListUnsubscribe"] for mail in listed)
    assert (news["Links"], news["HeaderPost"]) == (["http://a/?x=1", "mailto:b"], "one click")
    assert code == {"Header": "", "Links": [], "Errors": "", "HeaderPost": ""}


def test_mails_are_listed_newest_first_and_page_by_page(catcher: Catcher) -> None:
    for number in range(3):
        catcher.send(f"mail {number}")
    listed = catcher.http.get("/api/v1/messages", params={"limit": 1, "start": 1}).json()
    assert (listed["total"], [mail["Subject"] for mail in listed["messages"]]) == (3, ["mail 1"])


def test_mails_are_found_by_their_recipient(catcher: Catcher) -> None:
    catcher.send("for Ann")
    catcher.send("for Bob", to="bob@example.org")
    found = catcher.http.get("/api/v1/search", params={"query": "to:BOB@example.org"}).json()["messages"]
    assert [mail["Subject"] for mail in found] == ["for Bob"]


def test_an_sms_is_taken_as_twilio_does(catcher: Catcher) -> None:
    answer = catcher.send_sms("Your code is 654321")
    assert (answer.status_code, answer.json()["status"], answer.json()["sid"][:2]) == (201, "queued", "SM")
    (sms,) = catcher.http.get("/2010-04-01/Accounts/AC1/Messages.json").json()["messages"]
    assert (sms["to"], sms["body"]) == ("+4915112345678", "Your code is 654321")


def test_an_sms_to_nobody_is_refused(catcher: Catcher) -> None:
    assert catcher.send_sms("hello", to="").status_code == 400


def test_the_page_shows_mails_and_sms_and_runs_nothing_of_theirs(catcher: Catcher) -> None:
    catcher.send("<script>alert(1)</script>", text="<b>http://127.0.0.1/reset?token=a&b</b>", html="<script>x</script>")
    catcher.send_sms("<img src=x onerror=alert(2)>")
    answer = catcher.http.get("/")
    page = answer.text
    assert "&lt;script&gt;alert(1)" in page
    assert '<a href="http://127.0.0.1/reset?token=a&amp;b"' in page
    assert not [tag for tag in ("<script>", "<img", "<b>http") if tag in page]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_deleting_forgets_everything(catcher: Catcher) -> None:
    catcher.send("one")
    assert catcher.http.delete("/api/v1/messages").status_code == 200
    assert catcher.http.get("/api/v1/messages").json()["messages"] == []


def test_what_is_not_there_is_404(catcher: Catcher) -> None:
    assert catcher.http.get("/api/v1/message/none").status_code == 404
    assert catcher.http.get("/nowhere").status_code == 404


def test_a_body_that_is_announced_too_large_is_refused_before_it_is_sent(catcher: Catcher) -> None:
    connection = http.client.HTTPConnection(catcher.http.base_url.host, catcher.http.base_url.port)
    connection.putrequest("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    connection.putheader("Content-Length", str(MAX_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_messages_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "catcher.sqlite"
    with Catcher(file) as first:
        first.send("before")
    with Catcher(file) as second:
        assert second.http.get("/api/v1/message/latest").json()["Subject"] == "before"


def test_the_oldest_messages_are_let_go(tmp_path: Path) -> None:
    store = Store(tmp_path / "catcher.sqlite", capacity=3)
    for number in range(5):
        store.add_sms({"sid": f"SM{number}", "to": "+1"})
    total, _ = store.newest("sms", 1)
    assert total == 3
    assert store.everything()[-1][1]["sid"] == "SM2"
    store.close()


def test_a_mail_that_is_sent_again_is_shown_once(catcher: Catcher) -> None:
    for _ in range(2):
        catcher.send("Welcome", Message_ID="<1@example.org>")
    catcher.send("Welcome", to="bob@example.org", Message_ID="<1@example.org>")
    catcher.send("Welcome", Message_ID="<2@example.org>")
    assert catcher.http.get("/api/v1/messages").json()["total"] == 3
