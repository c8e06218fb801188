"""Emits the settings again, and writes what the Roster has of settings and terms anew.

It fills projections that are new or were damaged; terms have no events.
"""

from collections.abc import Sequence
from datetime import datetime

from institute.service import settings, terms
from institute.tables import Settings, Term
from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection


def _settings(_: PageRequest) -> tuple[Sequence[Settings], Position | None]:
    """The one row, once somebody has set anything."""
    stored = Settings.find("settings", "")
    return [stored] if stored else [], None


@retry_stale
def _republish(listed: Settings, now: datetime) -> None:
    stored = Settings.get(listed.owner, listed.item, consistent_read=True)
    with transaction() as tx:
        tx.check(Settings, stored.owner, stored.item, Settings.version == stored.version)
        roster.put_institute(tx, stored.settings, version=int(stored.version))
        emit_again(tx, settings.event_of(stored), now)


def _terms(paging: PageRequest) -> tuple[Sequence[Term], Position | None]:
    return query_page(Term, [terms.ALL], paging, consistent_read=True)


@retry_stale
def _restore_term(listed: Term, _: datetime) -> None:
    term = Term.find(listed.owner, listed.id)
    if term is None:
        return
    with transaction() as tx:
        tx.check(Term, term.owner, term.id, Term.version == term.version)
        terms.put_in_roster(tx, term, int(term.version))


SETTINGS = Collection(_settings, _republish)
TERMS = Collection(_terms, _restore_term)
