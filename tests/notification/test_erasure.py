"""What is left of a person who was erased."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from lms.events.users import UserErased
from notification.service import accounts, contacts, erasure, notifications
from notification.service.contacts import Owner
from notification.tables import Broadcast, Contact, Notification, ReadMark, StoredPreferences
from tests.conftest import stored
from tests.notification.servers import MailServer
from tests.notification.world import School
from tests.people import remove_card


def erase(school: School) -> None:
    remove_card(school.student)
    school.process(UserErased(user_id=school.student.id, version=9))


def test_mails_on_their_way_to_who_was_erased_are_not_sent(school: School, mail_server: MailServer) -> None:
    school.process(school.registered(), school.enrolled())

    erase(school)

    assert school.deliver() == 0
    assert mail_server.mails == []


def test_mails_that_wait_for_the_end_of_quiet_hours_go_with_their_recipient(
    school: School, mail_server: MailServer
) -> None:
    begin, end = school.clock.now - timedelta(hours=1), school.clock.now + timedelta(hours=1)
    school.prefer(quiet_hours={"from": f"{begin:%H:%M}", "until": f"{end:%H:%M}"}, time_zone="UTC")
    school.process(school.enrolled())

    erase(school)
    school.pass_time(hours=2)

    assert school.deliver() == 0
    assert mail_server.mails == []


def test_nothing_of_who_was_erased_is_kept(school: School) -> None:
    school.process(school.registered(), school.enrolled())
    school.prefer(time_zone="Asia/Karachi")
    school.http.post(school.path("readAll"), token=school.student.token)

    for _ in range(2):
        erase(school)

    assert [row for row in Notification.scan() if row.recipient_id == school.student.id] == []
    assert stored(StoredPreferences) == stored(ReadMark) == []
    assert Contact.get(school.student.id).email is None


def test_a_mail_that_was_being_written_when_its_recipient_was_erased_is_not_sent_and_leaves_no_row(
    school: School, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(school)
    monkeypatch.setattr(contacts, "find_owner", lambda _: Owner())
    accounts.registered(school.registered(), school.clock.now)

    assert school.deliver() == 0

    assert mail_server.mails == []
    assert list(Notification.scan()) == []


def test_what_was_being_written_to_who_was_erased_is_found_by_a_second_look(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_SECOND_LOOK", timedelta())
    put = notifications._put

    def erased_before(rows: Sequence[Notification]) -> None:
        monkeypatch.setattr(notifications, "_put", put)
        school.consume(UserErased(user_id=school.student.id, version=9))
        put(rows)

    monkeypatch.setattr(notifications, "_put", erased_before)
    school.consume(school.enrolled())
    assert school.kinds() == ["enrolled"]

    school.fan_out()

    assert list(Notification.scan()) == []


def test_an_event_that_comes_after_the_erasure_writes_nothing(school: School) -> None:
    erase(school)

    school.process(school.registered())

    assert list(Notification.scan()) == []


def test_a_message_to_one_person_stays_with_who_wrote_it_until_either_is_erased(school: School) -> None:
    school.process(
        school.requested(recipient_ids=(school.student.id,), message="Dear Amina"),
        school.requested(message="Dear class"),
    )
    assert [row.sender for row in stored(Broadcast)] == [school.teacher.id] * 2

    erase(school)
    [left] = stored(Broadcast)
    assert (left.sender, left.facts["message"]) == (school.teacher.id, "Dear class")

    school.process(UserErased(user_id=school.teacher.id, version=9))
    [left] = stored(Broadcast)
    assert left.sender is None


def test_a_message_that_is_planned_for_who_is_erased_goes_with_them(school: School) -> None:
    later = school.clock.now + timedelta(days=30)
    school.process(school.requested(recipient_ids=(school.student.id,), send_at=later), school.issued())
    assert stored(Broadcast) != []

    erase(school)

    assert stored(Broadcast) == []


def test_a_mail_that_is_going_out_while_its_recipient_is_erased_leaves_no_row(
    school: School, mail_server: MailServer
) -> None:
    mail_server.before_answer = lambda: notifications.erase_all(school.student.id)
    school.process(school.registered())

    assert school.deliver() == 0

    assert list(Notification.scan()) == []


def test_others_keep_theirs(school: School) -> None:
    school.process(school.registered(user_id=school.teacher.id))

    erase(school)

    assert school.kinds(school.teacher, "email") == ["welcome"]
