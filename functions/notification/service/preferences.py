"""What people wish to hear: shown, changed, and switched off by the link in a mail."""

from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from lms.dynamo import next_version, retry_stale, transaction
from lms.etags import Precondition, require_match
from notification.rules.wishes import DEFAULT_CHANNELS, GROUPS, Group
from notification.schemas import PreferencesUpdate, PreferencesView, QuietHoursBody
from notification.tables import Preference


def show(user_id: UUID) -> PreferencesView:
    """The wishes of a person; the defaults, at version 0, of one who said nothing."""
    preference = _load(user_id)
    return _view(preference, int(preference.version or 0))


@retry_stale
def update(user_id: UUID, body: PreferencesUpdate, if_match: Precondition, now: datetime) -> PreferencesView:
    """Replaces the fields given; raises `PreconditionFailed`."""
    preference = _load(user_id)
    require_match(int(preference.version or 0), if_match)
    if body.channels is not None:
        given = body.channels.model_dump(exclude_unset=True)
        preference.channels = {**preference.channels, **{group: list(channels) for group, channels in given.items()}}
    if "quiet_hours" in body.model_fields_set:
        quiet = body.quiet_hours
        preference.quiet_from = quiet.begin.isoformat("minutes") if quiet else None
        preference.quiet_until = quiet.until.isoformat("minutes") if quiet else None
    if body.time_zone is not None:
        preference.time_zone = body.time_zone
    return _store(preference, now)


@retry_stale
def switch_off_mail(user_id: UUID, group: Group, now: datetime) -> None:
    """Ends the mails of a group; once more changes nothing."""
    preference = _load(user_id)
    channels = preference.channels[group]
    if "email" in channels:
        left = [channel for channel in channels if channel != "email"]
        preference.channels = {**preference.channels, group: left}
        _store(preference, now)


def _store(preference: Preference, now: datetime) -> PreferencesView:
    preference.updated_at = now
    view = _view(preference, next_version(preference))
    with transaction() as tx:
        tx.put(preference)
    return view


def _load(user_id: UUID) -> Preference:
    try:
        preference = Preference.get(user_id, consistent_read=True)
    except DoesNotExist:
        preference = Preference(user_id=user_id, channels={})
    preference.channels = {group: preference.channels.get(group, list(DEFAULT_CHANNELS)) for group in GROUPS}
    return preference


def _view(preference: Preference, version: int) -> PreferencesView:
    quiet = None
    if preference.quiet_from and preference.quiet_until:
        quiet = QuietHoursBody.model_validate({"from": preference.quiet_from, "until": preference.quiet_until})
    return PreferencesView(
        recipient_id=preference.user_id,
        channels=preference.channels,
        quiet_hours=quiet,
        time_zone=preference.time_zone,
        version=version,
        updated_at=preference.updated_at,
    )
