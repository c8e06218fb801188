"""Republishing what every service knows of the institute."""

from uuid import UUID

from institute.operations import handler
from lms import roster
from lms.institute import current_institute, kept
from lms.roster.institute import InstituteRow
from lms.roster.terms import TermRow
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


def test_terms_are_on_the_roster_again_and_deleted_ones_are_not(institute: Institute) -> None:
    kept_one, deleted = (institute.new_term(title=title).json["id"] for title in ("Spring", "Autumn"))
    assert institute.http.delete(f"/terms/{deleted}", token=institute.admin.token).status == 204
    TermRow(UUID(kept_one)).delete()

    assert republish(handler, rows=1)[-1]["next"] is None

    found = roster.find_terms([UUID(kept_one), UUID(deleted)])
    assert [term.title for term in found.values()] == ["Spring"]


def test_before_anybody_set_anything_there_is_nothing_to_republish(institute: Institute) -> None:
    assert republish(handler) == [{"republished": 0, "next": None}]
