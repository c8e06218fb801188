"""What a channel says when it does not take a message."""


class Undeliverable(Exception):
    """The message cannot reach its recipient; no later try will. Holds no address: it is kept and logged."""


class ChannelDown(Exception):
    """The message was not taken for now; a later try may succeed. Holds no address: it is kept and logged."""
