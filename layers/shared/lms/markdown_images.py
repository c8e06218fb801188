"""Pictures in Markdown that belong to it: `![what it shows](image:<name>)`, the name percent-encoded."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from lms import uploads
from lms.assets import content_type_of
from lms.fields import CamelView
from lms.signatures import ImageType

_IMAGE = re.compile(r"!\[(?P<alt>(?:[^\[\]\\]|\\.)*)\]\(image:(?P<name>[^)\s]+)\)")


class ImageView(CamelView):
    """A picture in a text; `url` works for five minutes, and as long as an attempt runs that shows it."""

    url: str
    content_type: ImageType


def names_in(*texts: str) -> list[str]:
    """The names of the pictures that texts show, each once, in order."""
    return list(dict.fromkeys(unquote(found["name"]) for text in texts for found in _IMAGE.finditer(text)))


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A text with its pictures under other names; of those without one, what they show remains as words."""

    def replace(found: re.Match[str]) -> str:
        name = names.get(unquote(found["name"]))
        return found["alt"] if name is None else f"![{found['alt']}](image:{quote(name, safe='/')})"

    return _IMAGE.sub(replace, text)


def renamed_in(content: Any, names: Mapping[str, str]) -> Any:
    """As `renamed`, of all texts in what JSON can hold."""
    if isinstance(content, str):
        return renamed(content, names)
    if isinstance(content, list):
        return [renamed_in(each, names) for each in content]
    return {name: renamed_in(part, names) for name, part in content.items()} if isinstance(content, dict) else content


def show(keys: Mapping[str, str], *texts: str, seconds: int = uploads.LINK_SECONDS) -> dict[str, ImageView]:
    """Links to the pictures that texts show, by their names, of those that have a key; they work for so long."""
    return {
        name: ImageView(url=uploads.link(keys[name], seconds=seconds), content_type=content_type_of(keys[name]))
        for name in names_in(*texts)
        if name in keys
    }
