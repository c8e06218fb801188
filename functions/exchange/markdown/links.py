"""Links as Markdown holds them, and the pictures of a package in it."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_IMAGE = re.compile(r"(!\[(?:[^\[\]\\]|\\.)*\]\()image:([^\s()<>]+)(\))")


def web_address(link: str) -> str | None:
    """A link as Markdown can hold it, if it leads into the web; browsers ignore blanks and controls in a scheme."""
    link = re.sub(r"[\x00-\x1f\x7f]", "", link).strip()
    if link.startswith("//"):
        link = "https:" + link
    if not re.match(r"(?:https?://|mailto:)[^\s/]", link, re.IGNORECASE):
        return None
    return quote(link, safe="!#$%&'*+,-./:;=?@_~[]").replace("[", "%5B").replace("]", "%5D")


def images_in(text: str) -> Iterator[str]:
    """The names of the files that our Markdown shows as pictures."""
    return (unquote(match[2]) for match in _IMAGE.finditer(text))


def with_images(text: str, target_of: Callable[[str], str]) -> str:
    """Our Markdown with other targets for its pictures."""
    return _IMAGE.sub(lambda match: match[1] + target_of(unquote(match[2])) + match[3], text)


def image_target(name: str) -> str:
    return "image:" + quote(name, safe="/")


def clean_text(text: str) -> str:
    """Text without characters that no field takes."""
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))
