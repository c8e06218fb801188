"""The logs of everything that people do hold ids, and nothing that is a person's or a secret."""

import re
from io import StringIO
from typing import Any

from tests.journeys.school import BIRTHDAY, OTHER_PHONE, PHONE, WORD, School
from tests.journeys.world import CLIENT_IP
from tests.notification.servers import MailServer


def _found(log: StringIO, words: set[str]) -> dict[str, list[str]]:
    """The lines in which there is one of these words, by word."""
    lines = log.getvalue().splitlines()
    whole = {word: re.compile(rf"(?<![0-9A-Za-z-]){re.escape(word)}(?![0-9A-Za-z-])", re.IGNORECASE) for word in words}
    found = {word: [line for line in lines if pattern.search(line)] for word, pattern in whole.items()}
    return {word: lines for word, lines in found.items() if lines}


def _personal(school: School) -> set[str]:
    return {PHONE, OTHER_PHONE, PHONE[1:], OTHER_PHONE[1:], BIRTHDAY, CLIENT_IP, *school.roll_numbers}


def test_the_logs_of_a_whole_life_hold_no_secret_and_nothing_personal(school: School, log: StringIO) -> None:
    school.whole_life()
    school.park()
    school.erase()
    assert len(log.getvalue().splitlines()) > 200
    assert all(str(id_) in log.getvalue() for id_ in school.ids[:2])
    assert [line for line in log.getvalue().splitlines() if WORD in line.lower()] == []
    assert len(school.secrets) > 12
    assert _found(log, school.secrets | _personal(school)) == {}


def test_what_goes_wrong_is_logged_without_whom_it_is_about(
    school: School, log: StringIO, mail_server: MailServer, bucket: Any
) -> None:
    school.hire()
    school.open_course()
    mail_server.to_recipient = f"550 {WORD}@{WORD}.example is unknown here"
    school.refused()
    school.poisoned()
    assert "dead letter" in log.getvalue()
    assert '"status":"failed"' in log.getvalue()
    assert [line for line in log.getvalue().splitlines() if WORD in line.lower()] == []
