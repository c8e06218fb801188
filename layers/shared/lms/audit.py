"""The way into the audit trail: who did what to whom, recorded in the transaction of the change. Institute keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.dynamo import Transaction
from lms.events.audit import AuditAction, Audited
from lms.ids import uuid7
from lms.outbox import emit
from lms.settings import setting


def audit(
    tx: Transaction,
    now: datetime,
    action: AuditAction,
    actor_id: UUID | None,
    about: Mapping[str, UUID | str],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Adds an entry of the audit trail to the transaction of the change; `actor_id` None: an operator's command.

    `about` names what was changed and of whom, by kind (`{"course": ..., "user": ...}`): the entry is found by each of
    these ids. The trail is never changed, so nothing but ids may refer to a person, in `before` and `after` too. The
    `reason` may be any text: it is kept readable only as long as the person whom it is about (`user`, else the actor).
    """
    event = Audited(
        version=1,
        audit_id=uuid7(),
        at=now,
        service=setting("POWERTOOLS_SERVICE_NAME"),
        actor_id=actor_id,
        action=action,
        about={kind: str(identity) for kind, identity in about.items()},
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )
    emit(tx, event, now)
