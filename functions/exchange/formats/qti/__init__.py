"""QTI 2.1, 2.2 and 3.0 of 1EdTech: items, tests and content packages."""

from exchange.formats.qti.reader import detect, read
from exchange.formats.qti.writer import write

__all__ = ["detect", "read", "write"]
