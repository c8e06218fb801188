"""The ways out of the system, one module each; `service.deliveries` has the list of them."""

from dataclasses import dataclass
from uuid import UUID

from notification.messages.message import Message
from notification.words import Frame


class Undeliverable(Exception):
    """The channel cannot reach the address; no later try will. Holds no address: it is kept and logged."""


class ChannelDown(Exception):
    """The channel did not take it for now; a later try may succeed. Holds no address: it is kept and logged."""


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to one address; `id` is the same for every try."""

    id: UUID
    address: str
    message: Message
    frame: Frame
