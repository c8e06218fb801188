"""One spelling for the names of QTI 2.x (`assessmentItem`, `responseIdentifier`) and 3.0 (`qti-assessment-item`)."""

import re
from collections.abc import Iterator

from lxml import etree

from exchange.xml import local_name, valid_name

_FOREIGN = ("{http://www.w3.org/1998/Math/MathML}", "{http://www.w3.org/2000/svg}")
_UPPER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def normalize(root: etree._Element) -> None:
    """Gives every element its name in lower case, without namespace, prefix and hyphens: `assessmentitem`."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = local_name(element)
        is_foreign = str(element.tag).startswith(_FOREIGN)
        element.tag = name if is_foreign else valid_name(name.lower().removeprefix("qti-").replace("-", ""))


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name in QTI 2.x, `responseIdentifier`."""
    value = element.get(name)
    return element.get(_UPPER.sub("-", name).lower()) if value is None else value


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterchildren(name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def holds(element: etree._Element, *names: str) -> bool:
    """Whether it has a descendant of one of the names."""
    return next(element.iter(*names), None) is not None
