"""The institute's settings: shown and changed. The Roster has a copy for all services (`lms.institute`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from institute import rules
from institute.schemas import InstituteUpdate, InstituteView
from institute.tables import Settings
from lms import roster
from lms.audit import audit
from lms.dynamo import retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.events.institute import InstituteSettingsChanged
from lms.institute import Institute
from lms.outbox import emit

# An address may be somebody's own, so the audit trail says that it changed, and not how.
_NOT_SHOWN = {"contact_email"}


def show() -> InstituteView:
    """The settings; the defaults, at version 0, while nobody has set any."""
    settings = _load()
    return _view(Institute(**settings.settings), settings, int(settings.version or 0))


@retry_stale
def update(form: InstituteUpdate, actor_id: UUID, if_match: Precondition, now: datetime) -> InstituteView:
    """Replaces the fields given; raises `ScaleWithoutZero`, `ScaleAmbiguous`, `PreconditionFailed`."""
    given = form.given()
    if form.grade_scale is not None:
        given["grade_scale"] = rules.grade_scale((step.letter, step.lowest) for step in form.grade_scale)
    settings = _load()
    require_match(int(settings.version or 0), if_match)
    old = Institute(**settings.settings)
    new = old.model_copy(update=given)
    settings.settings = new.model_dump(mode="json", exclude={"version"})
    settings.updated_at = now
    with transaction() as tx:
        version = tx.put(settings)
        roster.put_institute(tx, settings.settings, version=version)
        emit(tx, _event(new, version), now)
        before, after = _differences(old, new)
        audit(tx, now, "settings.changed", actor_id, {"institute": "settings"}, before=before, after=after)
    return _view(new, settings, version)


def event_of(settings: Settings) -> InstituteSettingsChanged:
    """The event that says how the settings are."""
    return _event(Institute(**settings.settings), int(settings.version))


def _event(institute: Institute, version: int) -> InstituteSettingsChanged:
    return InstituteSettingsChanged(
        version=version,
        name=institute.name,
        time_zone=institute.time_zone,
        languages=institute.languages,
        country=institute.country,
        currency=institute.currency,
        registration=institute.registration,
    )


def _load() -> Settings:
    return Settings.find("settings", "") or Settings(owner="settings", item="", settings={})


def _differences(old: Institute, new: Institute) -> tuple[dict[str, Any], dict[str, Any]]:
    was, is_now = old.model_dump(mode="json"), new.model_dump(mode="json")
    changed = [field for field in was if was[field] != is_now[field]]
    return (
        {field: None if field in _NOT_SHOWN else was[field] for field in changed},
        {field: None if field in _NOT_SHOWN else is_now[field] for field in changed},
    )


def _view(institute: Institute, settings: Settings, version: int) -> InstituteView:
    return InstituteView.model_validate(
        {**institute.model_dump(), "version": version, "updated_at": settings.updated_at}
    )
