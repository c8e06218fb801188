"""What people want to hear of: shown, changed, and switched off by the link in a mail."""

from datetime import datetime
from uuid import UUID

from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.events.users import UserPreferencesChanged
from lms.languages import Language
from lms.outbox import emit
from notification.rules.preferences import DEFAULT_CHANNELS, GROUPS, Group
from notification.schemas import PreferencesUpdate, PreferencesView, QuietHoursBody
from notification.service import contacts
from notification.tables import StoredPreferences


def show(user_id: UUID) -> PreferencesView:
    """The preferences of a person; the defaults, at version 0, where none are stored."""
    stored, person = _load(user_id)
    return _view(user_id, person, stored, int(stored.version or 0))


@retry_stale
def update(user_id: UUID, body: PreferencesUpdate, if_match: Precondition, now: datetime) -> PreferencesView:
    """Replaces the fields given; raises `PreconditionFailed`."""
    stored, person = _load(user_id)
    require_match(int(stored.version or 0), if_match)
    if body.channels is not None:
        given = body.channels.model_dump(exclude_unset=True)
        stored.channels = {**stored.channels, **{group: list(channels) for group, channels in given.items()}}
    if "quiet_hours" in body.model_fields_set:
        quiet = body.quiet_hours
        stored.quiet_from = quiet.begin.isoformat("minutes") if quiet else None
        stored.quiet_until = quiet.until.isoformat("minutes") if quiet else None
    before = stored.time_zone, stored.language
    stored.time_zone = body.time_zone or stored.time_zone
    if "language" in body.model_fields_set:
        stored.language = body.language
    version = _save(stored, now, published=(stored.time_zone, stored.language) != before)
    return _view(user_id, person, stored, version)


@retry_stale
def begin(user_id: UUID, language: Language, now: datetime) -> None:
    """Keeps the language in which a person registered, unless they have chosen anything since, or are erased."""
    stored, person = _load(user_id)
    if stored.version is None and person is not None:
        stored.language = language
        _save(stored, now, published=True)


@retry_stale
def switch_off_mail(user_id: UUID, group: Group, now: datetime) -> None:
    """Ends the mails of a group; once more changes nothing."""
    stored, _ = _load(user_id)
    channels = stored.channels[group]
    if "email" in channels:
        stored.channels = {**stored.channels, group: [channel for channel in channels if channel != "email"]}
        _save(stored, now, published=False)


def _save(stored: StoredPreferences, now: datetime, *, published: bool) -> int:
    """Stores preferences, as their new version, which is published where other services keep what has changed."""
    stored.updated_at = now
    with transaction() as tx:
        version = tx.put(stored)
        if published:
            event = UserPreferencesChanged(
                version=version, user_id=stored.user, time_zone=stored.time_zone, language=stored.language
            )
            emit(tx, event, now)
    return version


def _load(user_id: UUID) -> tuple[StoredPreferences, roster.User | None]:
    """What a person wants, and their card, in one read."""
    found, person = read_together([(StoredPreferences, user_id, None), roster.user_key(user_id)])
    stored = found or StoredPreferences(user=user_id, channels={})
    stored.channels = {group: stored.channels.get(group, list(DEFAULT_CHANNELS)) for group in GROUPS}
    return stored, person


def _view(user_id: UUID, person: roster.User | None, stored: StoredPreferences, version: int) -> PreferencesView:
    quiet = None
    if stored.quiet_from and stored.quiet_until:
        quiet = QuietHoursBody.model_validate({"from": stored.quiet_from, "until": stored.quiet_until})
    return PreferencesView(
        recipient_id=user_id,
        recipient_name=person and person.name,
        channels=stored.channels,
        quiet_hours=quiet,
        time_zone=contacts.zone_of(stored),
        language=stored.language,
        version=version,
        updated_at=stored.updated_at,
    )
