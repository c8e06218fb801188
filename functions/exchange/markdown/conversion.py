"""What is noticed while a text is converted: pictures and files of the package, and what could not be taken."""

from collections.abc import Callable
from dataclasses import dataclass, field

Find = Callable[[str], str | None]
"""Answers the name of the package's file that a link means, if it means one."""

LOST_SCRIPT = "Scripts were left out."
LOST_LINK = "A link that does not work outside of the source is now plain text."
LOST_FRAME = "An embedded page is now a link."
LOST_FORM = "Fields of a form were left out."
LOST_DRAWING = "A drawing was left out."
LOST_IMAGE = "A picture is missing in the file."
LOST_IMAGE_KIND = "A picture is neither PNG, JPEG nor WebP."
LOST_DATA_IMAGE = "A picture that stands inside of the text was left out."
REMOTE_IMAGE = "A picture of another site is now a link."
LOST_TABLE = "A table that held more than text in its cells is now paragraphs."
LOST_REST = "The text was too long; its end was cut off."
LOST_FORMATTING = "The text has too many parts; its formatting was left out."
LOST_DEPTH = "Deeply nested parts lost their formatting."


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


@dataclass
class Conversion:
    """What is noticed while a text is converted; dictionaries, because they keep the order."""

    find: Find
    images: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    losses: dict[str, None] = field(default_factory=dict)

    def lose(self, loss: str) -> None:
        self.losses[loss] = None

    def converted(self, text: str) -> Converted:
        return Converted(text, tuple(self.images), tuple(self.files), tuple(self.losses))
