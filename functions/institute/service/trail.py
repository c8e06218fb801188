"""The audit trail, as it is written: each entry once, whatever comes twice or late."""

from uuid import UUID

from institute.reasons import encrypt_reason, new_key
from institute.tables import AuditEntry, ReasonKey
from lms.dynamo import Transaction, retry_stale, transaction
from lms.events.audit import Audited


class _Recorded(Exception):
    """The entry is there."""


@retry_stale
def record(event: Audited, request_id: str) -> None:
    """Adds an entry; one that is there stays as it is."""
    subjects = list(dict.fromkeys(event.about.values())) or [event.action]
    reason_of = UUID(event.about["user"]) if "user" in event.about else event.actor_id
    try:
        with transaction() as tx:
            reason = _encrypted(tx, event.reason, reason_of)
            for index, subject in enumerate(subjects):
                entry = AuditEntry(
                    id=f"{event.audit_id}#{index}" if index else str(event.audit_id),
                    at=event.at,
                    subject=subject,
                    actor_id=event.actor_id,
                    action=event.action,
                    year=None if index else event.at.year,
                    by_actor=None if index else event.actor_id,
                    by_action=None if index else event.action,
                    service=event.service,
                    request_id=request_id,
                    about=event.about,
                    before=event.before,
                    after=event.after,
                    reason=reason,
                    reason_of=reason_of if reason else None,
                )
                tx.put(entry, AuditEntry.id.does_not_exist(), refuse=_Recorded())
    except _Recorded:
        return


@retry_stale
def erase(person_id: UUID) -> None:
    """Makes every reason that is about an erased person unreadable, and those that come late."""
    with transaction() as tx:
        tx.put(ReasonKey(person_id=person_id, item=""))


def _encrypted(tx: Transaction, reason: str | None, person_id: UUID | None) -> bytes | None:
    """The reason by its person's key, which the first one makes; None of somebody who was erased."""
    if reason is None or person_id is None:
        return None
    found = ReasonKey.find(person_id, "")
    if found is None:
        found = ReasonKey(person_id=person_id, item="", key=new_key())
        tx.put(found, ReasonKey.person_id.does_not_exist())
    return encrypt_reason(found.key, reason) if found.key else None
