"""Events that no wake-up call published: its record expired, the stream was skipped, or the relay was down."""

from collections.abc import Sequence

from lms.due import DueHandler, DueWork, Tick
from lms.outbox import OutboxItem
from outbox_relay import publisher
from outbox_relay.service import Tally, oldest, publish


class OverdueEvents(DueWork[OutboxItem]):
    """Events that are still pending two minutes after their change."""

    index = OutboxItem.due_index
    page_size = 100
    needs_seconds = publisher.LONGEST_SECONDS

    def __init__(self, tick: Tick) -> None:
        super().__init__(tick)
        self._tally = Tally()

    def run_page(self, items: Sequence[OutboxItem]) -> int:
        """Publishes all that is pending for the subjects of a page; how many of them are stuck."""
        stuck_before = len(self._tally.stuck)
        woken = oldest((item.subject, item.sequence) for item in items)
        publish(woken, self._tally, self.tick.now, self.tick.seconds_left)
        self._tally.log()
        return len(self._tally.stuck) - stuck_before


handler = DueHandler(OverdueEvents)
