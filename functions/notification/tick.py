"""What is due every minute: the ends of quiet hours, failures to try again, and broadcasts whose time has come."""

from lms.due import DueHandler, DueWork
from notification.service import broadcasts, notifications
from notification.tables import Broadcast, Notification


class _NotificationsDue(DueWork[Notification]):
    index = Notification.due_index

    def run(self, item: Notification) -> None:
        notifications.release(item.id)


class _BroadcastsDue(DueWork[Broadcast]):
    index = Broadcast.due_index

    def run(self, item: Broadcast) -> None:
        broadcasts.launch(item.id)


handler = DueHandler(_NotificationsDue, _BroadcastsDue)
