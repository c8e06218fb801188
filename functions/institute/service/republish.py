"""Emits the settings again, and writes their copy on the Roster anew, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime

from institute.service import settings
from institute.tables import Settings
from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.pages import PageRequest, Position
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


SETTINGS = Collection(_settings, _republish)
