"""XML of other systems, read without entities, document types and network."""

import re
from typing import BinaryIO

from lxml import etree

from exchange.items import NotReadable

_NAME = re.compile(r"[^\W\d][\w.-]*")


def parse(stream: BinaryIO) -> etree._Element:
    """The root of a document. Raises `NotReadable` for what is no XML, or has a document type with declarations."""
    # Large texts are allowed, since files stand in them as base64; entities are not, so nothing grows.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.parse(stream, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise NotReadable(f"The file is not well-formed XML: {error.msg}.") from None
    document_type = root.getroottree().docinfo.internalDTD
    if document_type is not None and next(document_type.iterentities(), None) is not None:
        raise NotReadable("The file declares XML entities, which are not read.")
    return root


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace, or the prefix of one that the document does not declare."""
    return valid_name(str(element.tag).rpartition("}")[2].rpartition(":")[2])


def valid_name(name: str) -> str:
    """The name, or one of no meaning for a text that names no element."""
    return name if _NAME.fullmatch(name) else "unnamed"
