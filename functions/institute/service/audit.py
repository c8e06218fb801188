"""The audit trail, as administrators read it: the newest first, by what was changed, who did it, and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from institute import rules
from institute.reasons import decrypt_reason
from institute.schemas import AuditEntryView, AuditSubject
from institute.tables import AuditEntry, ReasonKey
from lms import roster
from lms.dynamo import Key, read_by_key
from lms.events.audit import AuditAction
from lms.pages import Page, PageRequest, query_page

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_YEARS = 10
_CARDS = {"user": roster.user_key, "course": roster.course_key, "program": roster.program_key}


@dataclass(frozen=True)
class Filters:
    """What entries to list; None: whatever."""

    subject: str | None = None
    actor: UUID | None = None
    action: AuditAction | None = None
    begin: datetime | None = None
    end: datetime | None = None


def list_entries(filters: Filters, paging: PageRequest, now: datetime) -> Page[AuditEntryView]:
    """The entries of a time (`begin` to before `end`) that the filters let through, the newest first.

    Raises `PeriodEndsBeforeItBegins`.
    """
    rules.require_period(filters.begin, filters.end)
    index, partitions = _source(filters, now)
    found, after = query_page(
        index,
        partitions,
        paging,
        range_key_condition=_at(filters),
        filter_condition=_other(filters),
        scan_index_forward=False,
    )
    known = read_by_key(key for entry in found for key in _keys(entry))
    return paging.page([_view(entry, known) for entry in found], after)


def _source(filters: Filters, now: datetime) -> tuple[Index[AuditEntry], Sequence[Any]]:
    """The index that leads to the fewest entries, and its partitions."""
    if filters.subject is not None:
        return AuditEntry.subject_index, [filters.subject]
    if filters.actor is not None:
        return AuditEntry.actor_index, [filters.actor]
    if filters.action is not None:
        return AuditEntry.action_index, [filters.action]
    begin, end = max(filters.begin or _BEGINNING, _BEGINNING), min(filters.end or now, now)
    return AuditEntry.year_index, rules.years_between(begin.date(), end.date(), at_most=_YEARS)


def _at(filters: Filters) -> Condition | None:
    if filters.begin and filters.end:
        # Both ends of `between` count; times are stored to the microsecond.
        return AuditEntry.at.between(filters.begin, filters.end - timedelta(microseconds=1))
    if filters.begin:
        return AuditEntry.at >= filters.begin
    return AuditEntry.at < filters.end if filters.end else None


def _other(filters: Filters) -> Condition | None:
    """What the index does not decide."""
    conditions: list[Condition] = []
    if filters.actor is not None and filters.subject is not None:
        conditions.append(AuditEntry.actor_id == filters.actor)
    if filters.action is not None and (filters.subject is not None or filters.actor is not None):
        conditions.append(AuditEntry.action == filters.action)
    return reduce(and_, conditions) if conditions else None


def _keys(entry: AuditEntry) -> list[Key]:
    """Where the cards of those whom an entry names are, and the key of its reason."""
    cards = [_CARDS[kind](UUID(identity)) for kind, identity in entry.about.items() if kind in _CARDS]
    if entry.actor_id is not None:
        cards.append(roster.user_key(entry.actor_id))
    if entry.reason_of is not None:
        cards.append(_reason_key(entry))
    return cards


def _reason_key(entry: AuditEntry) -> Key:
    return ReasonKey, entry.reason_of, ""


def _view(entry: AuditEntry, known: dict[Key, Any]) -> AuditEntryView:
    actor = known.get(roster.user_key(entry.actor_id)) if entry.actor_id else None
    opener = known.get(_reason_key(entry)) if entry.reason_of else None
    return AuditEntryView(
        id=UUID(entry.id.partition("#")[0]),
        at=entry.at,
        actor_id=entry.actor_id,
        actor_name=actor and actor.name,
        action=entry.action,
        about=[_subject(kind, identity, known) for kind, identity in entry.about.items()],
        before=entry.before,
        after=entry.after,
        reason=decrypt_reason(opener.key, entry.reason) if opener and opener.key else None,
        service=entry.service,
        request_id=entry.request_id,
    )


def _subject(kind: str, identity: str, known: dict[Key, Any]) -> AuditSubject:
    card = known.get(_CARDS[kind](UUID(identity))) if kind in _CARDS else None
    return AuditSubject(kind=kind, id=identity, name=card and (card.name if kind == "user" else card.title))
