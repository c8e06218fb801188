"""Publishing what is pending: in order for each subject, all subjects at once."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from lms.faults import is_transient
from lms.log import logger
from lms.outbox import OutboxItem
from outbox_relay import publisher

KEPT_AFTER_PUBLISHING = timedelta(days=7)
_THREADS = 8
_PAGE = 10


class StillPending(Exception):
    """Events could not be published for now; the same call may succeed later."""


@dataclass
class Tally:
    """What one invocation did; `stuck` has the subjects that could not be emptied, and why."""

    published: int = 0
    parked: int = 0
    stuck: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        return sorted(set(self.stuck.values()))

    def log(self) -> None:
        counts = {"published": self.published, "parked": self.parked, "stuck": len(self.stuck)}
        logger.info("outbox", extra={**counts, "faults": self.faults})

    def report(self) -> None:
        """Logs the counts; raises `StillPending` while a subject is stuck, so that the trigger comes again."""
        self.log()
        if self.stuck:
            raise StillPending(f"{len(self.stuck)} subjects wait: {', '.join(self.faults)}")


def oldest(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The smallest sequence of each subject among (subject, sequence) pairs."""
    found: dict[str, str] = {}
    for subject, sequence in keys:
        found[subject] = min(sequence, found.get(subject, sequence))
    return found


def publish(woken: Mapping[str, str], tally: Tally, now: datetime, seconds_left: Callable[[], float]) -> None:
    """Publishes all that is pending for the woken subjects (each with the oldest sequence that may be).

    One event a subject is under way at a time, so that a fault never lets a later one overtake it; a stuck subject
    does not hold up the others.
    """
    wanted = {subject: sequence for subject, sequence in woken.items() if subject not in tally.stuck}
    with ThreadPoolExecutor(_THREADS) as pool:
        queues = _queues(wanted, pool)
        while queues and seconds_left() > publisher.LONGEST_SECONDS:
            heads = [queue.popleft() for queue in queues.values()]
            outcomes = publisher.publish(heads)
            # Mostly there is one, which is not worth a thread.
            each: Callable[..., Iterable[Exception | None]] = pool.map if len(heads) > 1 else map
            faults = each(lambda head, outcome: _finish(head, outcome, now), heads, outcomes)
            for head, outcome, fault in zip(heads, outcomes, faults, strict=True):
                tally.published += outcome is None
                tally.parked += isinstance(outcome, publisher.Unsendable)
                if fault is not None:
                    tally.stuck[head.subject] = type(fault).__name__
            queues = {subject: queue for subject, queue in queues.items() if queue and subject not in tally.stuck}
    tally.stuck.update(dict.fromkeys(queues, "no time left"))


def _queues(woken: Mapping[str, str], pool: ThreadPoolExecutor) -> dict[str, deque[OutboxItem]]:
    queues: dict[str, deque[OutboxItem]] = {}
    # The first read makes PynamoDB's client; threads at once would each make their own.
    for subject in list(woken)[:1]:
        queues[subject] = _pending(subject, woken[subject])
    rest = list(woken)[1:]
    queues.update(zip(rest, pool.map(lambda subject: _pending(subject, woken[subject]), rest), strict=True))
    return {subject: queue for subject, queue in queues.items() if queue}


def _pending(subject: str, woken: str) -> deque[OutboxItem]:
    """What is pending for a subject, oldest first.

    Read from the newest back to the first one that is done and older than what woke us. Order is kept within a
    subject, so all before that one is done too: neither an earlier failure is passed over, nor the week that published
    items stay read each time.
    """
    found: deque[OutboxItem] = deque()
    for item in OutboxItem.query(subject, consistent_read=True, scan_index_forward=False, page_size=_PAGE):
        if item.is_pending:
            found.appendleft(item)
        elif item.sequence < woken:
            break
    return found


def _finish(item: OutboxItem, outcome: Exception | None, now: datetime) -> Exception | None:
    """Records the outcome of an event; answers the passing fault that leaves it pending, if any."""
    actions: list[Action] = [OutboxItem.due_shard.remove(), OutboxItem.due_at.remove()]
    if outcome is None:
        actions += [
            OutboxItem.data.remove(),
            OutboxItem.published_at.set(now),
            OutboxItem.expires_at.set(now + KEPT_AFTER_PUBLISHING),
        ]
    elif isinstance(outcome, publisher.Unsendable):
        where = {"subject": item.subject, "sequence": item.sequence, "event_id": str(item.event_id), "type": item.type}
        logger.error("event parked", extra={**where, "reason": str(outcome)})
        actions.append(OutboxItem.parked_reason.set(str(outcome)))
    else:
        return outcome
    try:
        item.update_if(OutboxItem.subject.exists(), actions)
    except UpdateError as error:
        if is_transient(error):
            return error
        raise
    return None
