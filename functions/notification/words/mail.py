"""A mail in words, as plain text and as HTML that say the same."""

from dataclasses import dataclass
from html import escape
from typing import Literal

Direction = Literal["ltr", "rtl"]
_STYLES: dict[Direction, str] = {
    "ltr": "font-family: sans-serif; line-height: 1.5",
    # Nastaliq is tall.
    "rtl": "font-family: 'Noto Nastaliq Urdu', 'Jameel Noori Nastaleeq', sans-serif; line-height: 2.2",
}


@dataclass(frozen=True)
class Code:
    """A code, on a line of its own."""

    digits: str


@dataclass(frozen=True)
class Link:
    """A link, on a line of its own."""

    url: str
    label: str


@dataclass(frozen=True)
class Typed:
    """What users typed, by itself; it may run the other way than the mail."""

    text: str


Paragraph = str | Code | Link | Typed


@dataclass(frozen=True)
class MailText:
    """A subject and paragraphs. What users typed may be in any of them; `html` escapes all."""

    language: str
    direction: Direction
    subject: str
    paragraphs: tuple[Paragraph, ...]

    def text(self) -> str:
        return "\n\n".join(_plain(part) for part in self.paragraphs) + "\n"

    def html(self) -> str:
        head = f'<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>'
        body = "\n".join(_html(part) for part in self.paragraphs)
        style = f"{_STYLES[self.direction]}; max-width: 36em; margin: 2em auto"
        root = f'<!doctype html>\n<html lang="{self.language}" dir="{self.direction}">'
        return f'{root}\n{head}\n<body style="{style}">\n{body}\n</body>\n</html>\n'


def _plain(part: Paragraph) -> str:
    match part:
        case Code(digits):
            return digits
        case Link(url, label):
            return f"{label}:\n{url}"
        case Typed(text):
            return text
        case _:
            return part


def _html(part: Paragraph) -> str:
    match part:
        case Code(digits):
            return f'<p style="font-size: 2em; letter-spacing: 0.2em"><strong>{escape(digits)}</strong></p>'
        case Link(url, label):
            return f'<p><a href="{escape(url)}">{escape(label)}</a></p>'
        case Typed(text):
            return f'<p dir="auto">{_lines(text)}</p>'
        case _:
            return f"<p>{_lines(part)}</p>"


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))
