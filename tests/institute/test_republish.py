"""Republishing what every service knows of the institute."""

from institute.operations import handler
from lms.institute import current_institute, kept
from lms.roster.institute import InstituteRow
from tests.conftest import Outbox
from tests.institute.conftest import Institute
from tests.republishing import facts, last_words, republish


def test_settings_are_republished_at_their_version_and_on_the_roster(institute: Institute, outbox: Outbox) -> None:
    institute.set({"name": "Academy", "timeZone": "Asia/Karachi"})
    institute.set({"currency": "USD"})
    before, emitted = last_words(outbox), len(outbox.all())
    InstituteRow("settings", "card").delete()

    assert republish(handler) == [{"republished": 1, "next": None}]

    again = last_words(outbox, emitted)
    assert facts(again) == {subject: event for subject, event in facts(before).items() if subject in again}
    assert list(again) == ["institute"]
    kept.forget()
    found = current_institute()
    assert (found.name, found.currency, found.version) == ("Academy", "USD", 2)


def test_before_anybody_set_anything_there_is_nothing_to_republish(institute: Institute) -> None:
    assert republish(handler) == [{"republished": 0, "next": None}]
