"""Common Cartridge 1.1 to 1.3 of 1EdTech, with web content, links, discussions and assessments in QTI 1.2."""

from exchange.formats.common_cartridge.reader import detect, read
from exchange.formats.common_cartridge.writer import write

__all__ = ["detect", "read", "write"]
