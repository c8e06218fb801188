"""Which of the formats a file is of, as a worker finds out."""

from exchange.formats import FORMATS
from exchange.packages import Opened


def formats_of(opened: Opened) -> list[str]:
    """The names of all formats that take a file for one of theirs; more than one is a fault."""
    return [name for name, module in FORMATS if module.detect(opened)]
