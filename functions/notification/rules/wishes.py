"""What people wish to hear, by which channels, and when not to be disturbed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args

from lms.zones import find_zone
from notification.rules.messages import Channel, NoticeKind

Group = Literal["course", "exam", "payment", "announcement"]
GROUPS: tuple[Group, ...] = get_args(Group)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# SMS costs the institute money and the reader patience: who wants them asks for them.
DEFAULT_CHANNELS: tuple[Channel, ...] = ("in_app", "email")

_GROUPS: dict[NoticeKind, Group] = {
    "enrolled": "course",
    "assigned": "course",
    "new_material": "course",
    "course_update": "course",
    "deadline": "course",
    "exam": "exam",
    "exam_scheduled": "exam",
    "exam_moved": "exam",
    "exam_cancelled": "exam",
    "exam_reminder": "exam",
    "result_released": "exam",
    "voucher_issued": "payment",
    "payment_due_soon": "payment",
    "payment_overdue": "payment",
    "payment_confirmed": "payment",
    "announcement": "announcement",
}


@dataclass(frozen=True)
class QuietHours:
    """A time of the day, in the person's own zone, without mail and SMS; it may go over midnight."""

    begin: time
    end: time


@dataclass(frozen=True)
class Wishes:
    """Of one person; who said nothing hears of everything in the application and by mail."""

    channels: Mapping[Group, Sequence[Channel]] = field(default_factory=dict)
    quiet: QuietHours | None = None
    zone: str = "UTC"

    def allow(self, kind: NoticeKind, channel: Channel) -> bool:
        return channel in self.channels.get(_GROUPS[kind], DEFAULT_CHANNELS)


def group_of(kind: NoticeKind) -> Group:
    """The group that a kind is switched off with."""
    return _GROUPS[kind]


def quiet_until(wishes: Wishes, now: datetime) -> datetime | None:
    """When the quiet hours end that hold now, None outside of them.

    Both ends are read on the clock of the wall: where it is set forward over one of them, the hour after counts.
    """
    if wishes.quiet is None or wishes.quiet.begin == wishes.quiet.end:
        return None
    local = now.astimezone(find_zone(wishes.zone))
    # Quiet hours that hold now began today or yesterday.
    for day in (local.date(), local.date() - timedelta(days=1)):
        begin = datetime.combine(day, wishes.quiet.begin, local.tzinfo)
        last_day = day if wishes.quiet.begin < wishes.quiet.end else day + timedelta(days=1)
        end = datetime.combine(last_day, wishes.quiet.end, local.tzinfo)
        if begin.astimezone(UTC) <= now < end.astimezone(UTC):
            return end.astimezone(UTC)
    return None
