"""XML of other systems, read without entities, document types and network."""

import re
from typing import BinaryIO

from lxml import etree

from exchange.items import NotReadable, Sentence

MOST_BYTES = 100_000_000
MOST_MARKS = 2_000_000
"""Of `<` and `=` together: an element or an attribute takes some 150 bytes of memory for each of them."""
_NAME = re.compile(r"[^\W\d][\w.-]*")


def parse(stream: BinaryIO) -> etree._Element:
    """The root of a document. Raises `NotReadable` for what is no XML, too large, or declares entities."""
    # Large texts are allowed, since files stand in them as base64; entities are not, so nothing grows.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.parse(_Bounded(stream), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise NotReadable(Sentence("The file is not well-formed XML: {fault}.", fault=str(error.msg))) from None
    document_type = root.getroottree().docinfo.internalDTD
    if document_type is not None and next(document_type.iterentities(), None) is not None:
        raise NotReadable("The file declares XML entities, which are not read.")
    return root


class _Bounded:
    """A document that ends with a refusal where it would not fit into memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._bytes = self._marks = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._bytes += len(data)
        self._marks += data.count(b"<") + data.count(b"=")
        if self._bytes > MOST_BYTES or self._marks > MOST_MARKS:
            raise NotReadable("The file holds an XML document that is too large. Split it, and try again.")
        return data


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace, or the prefix of one that the document does not declare."""
    return valid_name(str(element.tag).rpartition("}")[2].rpartition(":")[2])


def valid_name(name: str) -> str:
    """The name, or one of no meaning for a text that names no element."""
    return name if _NAME.fullmatch(name) else "unnamed"
