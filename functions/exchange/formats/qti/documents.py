"""The XML documents of a package, and the HTML in them."""

from copy import deepcopy

from lxml import etree

from exchange.formats.qti.vocabulary import attribute, normalize, text
from exchange.items import NotReadable, Sentence
from exchange.packages import MEGABYTE, Opened
from exchange.xml import parse

_MOST_BYTES = 5 * MEGABYTE
"""Of one item or test; their pictures are files of their own."""


def parsed(opened: Opened, name: str) -> etree._Element:
    if opened.size(name) > _MOST_BYTES:
        raise NotReadable(Sentence("It is larger than {megabytes} MB.", megabytes=_MOST_BYTES // MEGABYTE))
    with opened.open(name) as stream:
        root = parse(stream)
    normalize(root)
    return root


def root_name(opened: Opened, name: str) -> str | None:
    """The name of a document's first element; None if it is no XML."""
    try:
        with opened.open(name) as stream:
            for _, element in etree.iterparse(
                stream, events=("start",), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
            ):
                normalize(element)
                return str(element.tag)
    except (etree.XMLSyntaxError, NotReadable):
        pass
    return None


def html_of(element: etree._Element) -> str:
    """The inside of an element as HTML."""
    shown = deepcopy(element)
    shown.tail = None
    for picture in shown.iter("object"):
        if (attribute(picture, "type") or "").startswith("image/"):
            picture.set("src", attribute(picture, "data") or "")
            picture.set("alt", " ".join(text(picture).split()) or picture.get("alt", ""))
            picture.text = None
            picture[:] = []
            picture.tag = "img"
    for part in shown.iter("prompt", "contentbody", "rubricblock", "hottextinteraction", "gapmatchinteraction"):
        part.tag = "div"
    for part in shown.iter("hottext", "gap", "textentryinteraction", "inlinechoiceinteraction"):
        part.tag = "span"
    shown.tag = "div"
    shown.attrib.clear()
    return etree.tostring(shown, encoding="unicode", method="html")


def line(given: str | None) -> str:
    return " ".join((given or "").split())
