"""Applying what was read, part after part: an event asks for each, and its answer leads to the next.

The owners of outline, bank and exams do each part once. One part is under way at a time, so that a course with other
changes is not held up by hundreds of them, and so that exams come after the questions that they refer to.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from exchange import files, rules
from exchange.tables import Import, ReportLine
from lms.dynamo import Transaction, retry_stale, transaction
from lms.events.exchange import ImportKind, ImportPartApplied, ImportPartRequested
from lms.outbox import emit

# Lines of parts come after those of reading, which are fewer.
_FIRST_LINE = 1_000_000
_LINES_OF_PART = 1_000


def begin(found: Import, kinds: Sequence[ImportKind], actor_id: UUID, now: datetime) -> None:
    """Asks for the first part of these kinds; of kinds without a part there is nothing to do."""
    found.selected = list(kinds)
    found.applied = {**found.applied, **{kind: {"added": 0, "leftOut": 0} for kind in kinds}}
    found.done, found.total = 0, sum(count for kind, count in found.parts if kind in kinds)
    _go_on(found, -1, actor_id, now)


def ask_again(found: Import, actor_id: UUID, now: datetime) -> None:
    """Asks for the part that is under way once more; who did it already does nothing."""
    found.updated_at = now
    with transaction() as tx:
        _request(tx, found, actor_id, now)


@retry_stale
def take(event: ImportPartApplied, now: datetime) -> None:
    """Notes what became of a part and asks for the next; a second answer to the same one changes nothing."""
    found = Import.find(event.import_id, "")
    if found is None or found.state != "applying" or found.part != event.part:
        return
    kind, count = found.parts[event.part]
    first = _FIRST_LINE + event.part * _LINES_OF_PART
    ReportLine.put_all(
        ReportLine(
            f"{event.import_id}#leftOut",
            f"{first + number:08d}",
            where=kind,
            what=item.what,
            reason=item.reason,
            reasons=[{"code": item.code, "numbers": item.numbers, "texts": {}, "text": item.reason}],
            expires_at=found.expires_at,
        )
        for number, item in enumerate(event.left_out)
    )
    found.outcomes = {**found.outcomes, "left_out": found.outcomes["left_out"] + len(event.left_out)}
    found.applied = rules.with_applied(found.applied, kind, event.added, len(event.left_out))
    found.done += count
    _go_on(found, event.part, found.applied_by, now)


def _go_on(found: Import, after: int, actor_id: UUID, now: datetime) -> None:
    found.part = rules.next_part(found.parts, found.selected, after)
    found.state = "applied" if found.part is None else "applying"
    found.applied_by, found.updated_at = actor_id, now
    with transaction() as tx:
        if found.part is None:
            tx.put(found)
        else:
            _request(tx, found, actor_id, now)


def _request(tx: Transaction, found: Import, actor_id: UUID, now: datetime) -> None:
    part = int(found.part)
    event = ImportPartRequested(
        version=tx.put(found),
        import_id=found.id,
        course_id=found.course_id,
        part=part,
        kind=found.parts[part][0],
        key=files.part_key(found.id, part),
        actor_id=actor_id,
    )
    emit(tx, event, now)
