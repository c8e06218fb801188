"""What people want to hear of, by which channels, and when not to be disturbed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args

from lms.languages import Language
from lms.messages import Channel
from lms.zones import find_zone

CHANNELS: tuple[Channel, ...] = get_args(Channel)
# SMS costs the institute money and the reader patience: who wants them asks for them.
DEFAULT_CHANNELS: tuple[Channel, ...] = ("in_app", "email")

Group = Literal["course", "exam", "payment", "announcement"]
"""The messages that are switched on and off together."""
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True)
class QuietHours:
    """A time of the day, in the person's own zone, without mail and SMS; it may go over midnight."""

    begin: time
    end: time


@dataclass(frozen=True)
class Preferences:
    """What one person chose; who chose nothing gets everything in the application and by mail."""

    channels: Mapping[Group, Sequence[Channel]] = field(default_factory=dict)
    quiet: QuietHours | None = None
    zone: str = "UTC"
    language: Language = "en"

    def allow(self, group: Group | None, channel: Channel) -> bool:
        """Whether a message of a group may come by a channel; one of no group cannot be switched off."""
        return group is None or channel in self.channels.get(group, DEFAULT_CHANNELS)

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that hold now, None outside of them.

        Both ends are read on the clock of the wall: where it is set forward over one of them, the hour after counts.
        """
        if self.quiet is None or self.quiet.begin == self.quiet.end:
            return None
        local = now.astimezone(find_zone(self.zone))
        # Quiet hours that hold now began today or yesterday.
        for day in (local.date(), local.date() - timedelta(days=1)):
            begin = datetime.combine(day, self.quiet.begin, local.tzinfo)
            last_day = day if self.quiet.begin < self.quiet.end else day + timedelta(days=1)
            end = datetime.combine(last_day, self.quiet.end, local.tzinfo)
            if begin.astimezone(UTC) <= now < end.astimezone(UTC):
                return end.astimezone(UTC)
        return None
