"""HTML, Markdown and plain text of other systems as our Markdown, with nothing in it that a browser would run.

Markdown here is CommonMark with tables and `~~deleted~~`, without HTML. Formulas are TeX between `$...$` or `$$...$$`.
A picture of the package is `![alt](image:<name of the file, percent-encoded>)`.
"""

import html as entities
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token

from exchange.markdown.cleaning import clean
from exchange.markdown.conversion import LOST_FORMATTING, LOST_REST, Conversion, Converted, Find
from exchange.markdown.converter import Converter, tidy
from exchange.markdown.elements import elements, texts_in
from exchange.markdown.formulas import FORMULA
from exchange.markdown.links import clean_text, images_in, web_address, with_images

__all__ = [
    "LONGEST",
    "LOST_FORMATTING",
    "Converted",
    "Find",
    "from_html",
    "from_markdown",
    "from_text",
    "images_in",
    "to_html",
    "with_images",
]

LONGEST = 1_000_000
"""Characters of one text; what follows is cut off."""
_MOST_ELEMENTS = 10_000
# Nothing in it is markup in either language; most answers are like this, and need no parser.
_PLAIN = re.compile(r"(?!\d+[.)])[^\W_](?:[^\W_]|[,;:?'\"%/().]| (?=\S))*+|")


# Alone in a paragraph, as editors write also the shortest texts.
_PARAGRAPH = re.compile(r"\s*<(p|div)>([^<>&]*)</\1>\s*")
_DATA_PICTURE = re.compile(
    r"data:(image/[\w.+-]{1,20})(?:;[\w=.-]{1,40})*;base64,[A-Za-z0-9+/=@%\r\n\t-]*", re.IGNORECASE
)


def _nothing(_link: str) -> None:
    return None


def from_html(html: str, find: Find = _nothing) -> Converted:
    """The Markdown of HTML. Links to files of the package become their text; pictures of it stay pictures."""
    paragraph = _PARAGRAPH.fullmatch(html)
    plain = paragraph[2].strip() if paragraph else html
    if _PLAIN.fullmatch(plain):
        return Converted(clean_text(plain))
    html, find = _without_data(html, find)
    conversion = Conversion(find)
    if len(html) > LONGEST:
        html = html[:LONGEST]
        conversion.lose(LOST_REST)
    soup = BeautifulSoup(f"<body>{clean_text(html)}</body>", "lxml")
    if len(elements(soup)) > _MOST_ELEMENTS:
        # Whatever is done to one of many siblings looks through all others.
        conversion.lose(LOST_FORMATTING)
        return conversion.converted(from_text(" ".join(soup.get_text(" ").split())))
    clean(soup, conversion)
    dollars = sum(FORMULA.sub("", text).count("$") for text in texts_in(soup))
    text = Converter(conversion, escape_dollars=dollars > 1).convert_soup(soup)
    return conversion.converted(tidy(text))


def _without_data(text: str, find: Find) -> tuple[str, Find]:
    """A text with short links in the place of pictures that stand in it whole, and what finds the pictures."""
    pictures: dict[str, str] = {}

    def short(match: re.Match[str]) -> str:
        link = f"data:{match[1].lower()},{len(pictures)}"
        pictures[link] = match[0]
        return link

    text = _DATA_PICTURE.sub(short, text)
    return text, lambda link: find(pictures.get(link, link))


def from_text(text: str) -> str:
    """The Markdown of plain text, which keeps its lines."""
    if _PLAIN.fullmatch(text):
        return clean_text(text)
    paragraphs = re.split(r"\n\s*\n", entities.escape(clean_text(text[:LONGEST])).replace("\r\n", "\n").strip())
    return from_html("".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)).text


def from_markdown(text: str, find: Find = _nothing) -> Converted:
    """Markdown of elsewhere: as it is, unless HTML, pictures or links in it cannot stay."""
    text, find = _without_data(text, find)
    text = clean_text(text)[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").strip()
    known: dict[str, Any] = {}
    tokens = _parser(html=True).parse(text, known)
    targets = [str(reference["href"]) for reference in known.get("references", {}).values()]
    if all(map(_may_stay, _all_tokens(tokens))) and None not in map(web_address, targets):
        return Converted(text, images=tuple(images_in(text)))
    return from_html(_parser(html=True).render(text), find)


def to_html(text: str, source_of: Callable[[str], str]) -> str:
    """The HTML of our Markdown; `source_of` answers where the picture of a name is found."""
    parser = _parser(html=False)
    tokens = parser.parse(text)
    for token in _all_tokens(tokens):
        source = token.attrs.get("src")
        if token.type == "image" and isinstance(source, str) and source.startswith("image:"):
            token.attrs["src"] = source_of(unquote(source.removeprefix("image:")))
        elif not _may_stay(token):
            token.attrs.clear()
    return str(parser.renderer.render(tokens, parser.options, {})).strip()


@cache
def _parser(*, html: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])
    # All links are found, and judged afterwards, as what a browser would follow.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _all_tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all_tokens(token.children or [])


def _may_stay(token: Token) -> bool:
    if token.type == "image":
        return str(token.attrs.get("src", "")).startswith("image:")
    if token.type == "link_open":
        return web_address(str(token.attrs.get("href", ""))) is not None
    return token.type not in ("html_block", "html_inline")
