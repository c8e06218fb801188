from datetime import UTC, datetime, time
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest

from lms.events.users import UserPreferencesChanged
from notification import unsubscribe_links
from notification.rules.preferences import Preferences, QuietHours
from tests.conftest import Outbox
from tests.notification.servers import MailServer, text_of
from tests.notification.world import School
from tests.world import set_institute

EVERYTHING = {group: ["in_app", "email"] for group in ("course", "exam", "payment", "announcement")}


def mail_of(school: School, mail_server: MailServer) -> EmailMessage:
    school.process(school.requested())
    school.deliver()
    return mail_server.mails[-1]


def link_of(mail: EmailMessage) -> tuple[str, dict[str, str]]:
    url = urlsplit(str(mail["List-Unsubscribe"]).strip("<>"))
    return url.path, {name: value for name, (value,) in parse_qs(url.query).items()}


def test_who_said_nothing_has_the_defaults(school: School) -> None:
    answer = school.http.get(school.path("preferences"), token=school.student.token)

    assert (answer.json["channels"], answer.json["quiet_hours"]) == (EVERYTHING, None)
    assert (answer.json["time_zone"], answer.json["version"], answer.version) == ("UTC", 0, 0)


def test_fields_given_are_replaced_and_the_others_stay(school: School) -> None:
    school.prefer(channels={"payment": ["sms", "sms"]}, quiet_hours={"from": "22:00", "until": "07:30"})
    school.prefer(time_zone="Asia/Karachi")
    answer = school.prefer(language="ur")

    assert answer.json["channels"] == {**EVERYTHING, "payment": ["sms"]}
    assert answer.json["quiet_hours"] == {"from": "22:00", "until": "07:30"}
    assert (answer.json["time_zone"], answer.json["language"], answer.json["version"]) == ("Asia/Karachi", "ur", 3)
    without = school.prefer(quiet_hours=None, language=None).json
    assert (without["quiet_hours"], without["language"], without["time_zone"]) == (None, None, "Asia/Karachi")


def test_who_chose_no_time_zone_lives_in_the_institutes(school: School) -> None:
    from lms import roster
    from lms.dynamo import transaction
    from lms.institute import kept

    school.prefer(channels={"payment": ["sms"]})
    with transaction() as tx:
        roster.put_institute(tx, {"time_zone": "Asia/Karachi"}, version=1)
    kept.forget()

    answer = school.http.get(school.path("preferences"), token=school.student.token)

    assert answer.json["time_zone"] == "Asia/Karachi"
    assert school.prefer(time_zone="UTC").json["time_zone"] == "UTC"


def test_the_choice_of_a_time_zone_is_published(school: School, outbox: Outbox) -> None:
    school.prefer(quiet_hours={"from": "22:00", "until": "07:30"})
    for _ in range(2):
        school.prefer(time_zone="Asia/Karachi")

    [event] = outbox.of(UserPreferencesChanged)
    assert (event.version, str(event.user_id), event.time_zone) == (2, str(school.student.id), "Asia/Karachi")


def test_the_choice_of_a_language_is_published(school: School, outbox: Outbox) -> None:
    for _ in range(2):
        school.prefer(language="ur")
    school.prefer(language=None)
    published = [(event.version, event.time_zone, event.language) for event in outbox.of(UserPreferencesChanged)]
    assert published == [(1, None, "ur"), (3, None, None)]


def test_who_registers_is_written_to_in_the_language_in_which_they_did(
    school: School, mail_server: MailServer, outbox: Outbox
) -> None:
    registered = school.registered(language="ur")
    school.process(registered, registered)
    school.deliver()

    assert str(mail_server.mails[0]["Subject"]) == "خوش آمدید: \u2068Education LMS\u2069"
    assert school.listed("welcome")["message"] == "آپ کا اکاؤنٹ تیار ہے۔"
    assert school.http.get(school.path("preferences"), token=school.student.token).json["language"] == "ur"
    [event] = outbox.of(UserPreferencesChanged)
    assert (event.version, str(event.user_id), event.language) == (1, str(school.student.id), "ur")


def test_what_somebody_chose_counts_more_than_an_event_of_their_registration_that_comes_late(school: School) -> None:
    school.prefer(language="en")
    school.process(school.registered(language="ur"))
    assert school.http.get(school.path("preferences"), token=school.student.token).json["language"] == "en"


def test_a_registration_that_is_heard_of_after_the_end_of_an_account_keeps_nothing(school: School) -> None:
    from lms import roster
    from lms.dynamo import transaction
    from notification.tables import StoredPreferences

    person = roster.find_user(school.student.id)
    assert person is not None
    with transaction() as tx:
        roster.remove_user(tx, school.student.id, email=person.email, roll_no=person.roll_no)
    school.process(school.registered(language="ur"))
    assert StoredPreferences.find(school.student.id) is None


def test_mails_and_the_list_are_in_the_language_that_their_reader_chose(
    school: School, mail_server: MailServer
) -> None:
    school.process(school.profile(email_verified=True, email="ada@example.org"), school.enrolled())
    school.deliver()
    assert school.listed("enrolled")["subject"] == "You are enrolled in Agents"

    school.prefer(language="ur", time_zone="Asia/Karachi")
    # What is listed already changes its language, too.
    assert school.listed("enrolled")["subject"] == "آپ کا داخلہ \u2068Agents\u2069 میں ہو گیا"
    school.process(school.issued())
    school.deliver()
    mail = mail_server.mails[-1]
    text = text_of(mail)
    assert text.startswith("محترم \u2068Ada Lovelace\u2069،\n")
    assert "\u2068PKR 5,000.00\u2069" in text
    assert '<html lang="ur" dir="rtl">' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_an_institute_writes_in_its_first_language_to_whoever_chose_none(
    school: School, mail_server: MailServer
) -> None:
    set_institute(languages=["ur", "en"])
    school.process(school.registered())
    school.deliver()
    assert str(mail_server.mails[0]["Subject"]).startswith("خوش آمدید")
    assert school.prefer(language="en").json["language"] == "en"
    assert school.listed("welcome")["message"] == "Your account is ready."


def test_preferences_that_changed_meanwhile_are_not_overwritten(school: School) -> None:
    school.prefer(time_zone="Asia/Karachi")
    path, token = school.path("preferences"), school.student.token

    stale = school.http.put(path, {"time_zone": "UTC"}, token=token, headers={"if-match": '"0"'})
    fresh = school.http.put(path, {"time_zone": "UTC"}, token=token, headers={"if-match": '"1"'})

    assert (stale.status, fresh.status) == (412, 200)


def test_preferences_can_be_set_only_where_nothing_is_set_yet(school: School) -> None:
    path, token = school.path("preferences"), school.student.token

    answers = [
        school.http.put(path, {"time_zone": zone}, token=token, headers={"if-none-match": "*"})
        for zone in ("Asia/Karachi", "UTC")
    ]

    assert [answer.status for answer in answers] == [200, 412]
    assert school.http.get(path, token=token).json["time_zone"] == "Asia/Karachi"


@pytest.mark.parametrize(
    "body",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Asia"},
        {"time_zone": "asia/karachi"},
        {"time_zone": "localtime"},
        {"time_zone": "Factory"},
        {"time_zone": "posixrules"},
        {"time_zone": ""},
        {"language": "de"},
        {"language": "UR"},
        {"channels": {"account": []}},
        {"channels": {"course": ["pigeon"]}},
        {"quiet_hours": {"from": "22:00"}},
        {"quiet_hours": {"from": "25:00", "until": "07:00"}},
        {"quiet_hours": {"from": 79200, "until": "07:00"}},
        {"quiet_hours": {"from": "22:00:00+05:00", "until": "07:00"}},
        {"version": 3},
    ],
)
def test_preferences_that_are_none_are_refused(school: School, body: object) -> None:
    answer = school.http.put(school.path("preferences"), body, token=school.student.token)

    assert answer.status == 422, answer


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2027-03-01T16:59", None),
        ("2027-03-01T17:00", "2027-03-02T02:00"),
        ("2027-03-02T01:59", "2027-03-02T02:00"),
        ("2027-03-02T02:00", None),
    ],
)
def test_quiet_hours_go_over_midnight_in_the_readers_zone(now: str, until: str | None) -> None:
    preferences = Preferences(quiet=QuietHours(time(22), time(7)), zone="Asia/Karachi")

    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert preferences.quiet_until(datetime.fromisoformat(now).replace(tzinfo=UTC)) == expected


def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_is_set_forward() -> None:
    preferences = Preferences(quiet=QuietHours(time(22), time(7)), zone="Europe/Berlin")

    assert preferences.quiet_until(datetime(2027, 3, 27, 22, tzinfo=UTC)) == datetime(2027, 3, 28, 5, tzinfo=UTC)


def test_quiet_hours_without_length_are_none() -> None:
    preferences = Preferences(quiet=QuietHours(time(7), time(7)))

    assert preferences.quiet_until(datetime(2027, 3, 27, 7, tzinfo=UTC)) is None


def test_a_message_by_mail_offers_to_end_its_kind_by_one_click(school: School, mail_server: MailServer) -> None:
    mail = mail_of(school, mail_server)
    path, query = link_of(mail)
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(mail["List-Unsubscribe"]).strip("<>") in text_of(mail)

    for _ in range(2):
        answer = school.http.post(path, form={"List-Unsubscribe": "One-Click"}, query=query)
        assert answer.status == 204
    preferences = school.http.get(school.path("preferences"), token=school.student.token).json
    assert preferences["channels"] == {**EVERYTHING, "announcement": ["in_app"]}

    sent = len(mail_server.mails)
    school.process(school.requested())
    school.deliver()
    assert len(mail_server.mails) == sent
    assert school.kinds() == ["announcement", "announcement"]


def test_links_of_the_old_key_work_while_the_key_is_changed(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "old-key-of-links-0123456789-0123456789", "new-key-of-links-0123456789-0123456789"
    monkeypatch.setattr(unsubscribe_links, "_keys", unsubscribe_links._keys.__wrapped__)
    monkeypatch.setenv("UNSUBSCRIBE_KEY", old)
    path, older = link_of(mail_of(school, mail_server))
    monkeypatch.setenv("UNSUBSCRIBE_KEY", f"{new} {old}")
    _, newer = link_of(mail_of(school, mail_server))
    assert [school.http.get(path, query=query).status for query in (older, newer)] == [303, 303]
    monkeypatch.setenv("UNSUBSCRIBE_KEY", new)
    assert [school.http.get(path, query=query).status for query in (older, newer)] == [422, 303]


def test_to_open_the_link_ends_nothing(school: School, mail_server: MailServer) -> None:
    path, query = link_of(mail_of(school, mail_server))

    answer = school.http.get(path, query=query)

    assert (answer.status, answer.headers["location"]) == (303, f"/app/unsubscribe?token={query['token']}")
    preferences = school.http.get(school.path("preferences"), token=school.student.token).json
    assert preferences["channels"] == EVERYTHING


def test_messages_about_an_account_cannot_be_switched_off(school: School, mail_server: MailServer) -> None:
    school.process(school.registered())
    school.deliver()

    assert mail_server.mails[0]["List-Unsubscribe"] is None


def test_a_link_that_was_tampered_with_ends_nothing(school: School, mail_server: MailServer) -> None:
    path, query = link_of(mail_of(school, mail_server))
    token = query["token"]

    for wrong in ("", "x", "é", token[:-4], token[:20] + ("A" if token[20] != "A" else "B") + token[21:], token * 4):
        for method in ("GET", "POST"):
            assert school.http(method, path, query={"token": wrong}).status == 422, wrong
    assert school.http.get(path).status == 422
