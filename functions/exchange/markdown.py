"""HTML of other systems as Markdown, with nothing in it that a browser would run."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Converted:
    """Markdown, and what became of the rest.

    `images` and `files` are the names of the package's files that it shows and that it linked to; of a link to a file
    the text remains. `losses` are sentences about what could not be taken.
    """

    text: str
    images: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()


def from_html(html: str, find: Callable[[str], str | None] | None = None) -> Converted:
    """The Markdown of HTML; `find` answers the name of the package's file that a link means, if any."""
    raise NotImplementedError((html, find))
