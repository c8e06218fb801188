"""OLX, in which Open edX exports courses and libraries."""

from exchange.formats.olx.reader import detect, read

__all__ = ["detect", "read"]
