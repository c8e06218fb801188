"""The elements of HTML, by what they are in Markdown."""

from collections.abc import Container

from bs4 import Tag
from bs4.element import NavigableString

BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    }
)
EMPHASIS = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "u": "*",
    "ins": "*",
    "mark": "*",
    "cite": "*",
    "var": "*",
    "dfn": "*",
    "del": "~~",
    "s": "~~",
    "strike": "~~",
}
CODE = ["code", "kbd", "samp", "tt"]
INLINE = frozenset({*EMPHASIS, *CODE, "a", "br", "img", "q", "sub", "sup"})


def elements(holder: Tag, names: Container[str] | None = None) -> list[Tag]:
    """What `find_all` finds, without the filter that it makes anew for each of the many short texts of a bank."""
    return [each for each in holder.descendants if isinstance(each, Tag) and (names is None or each.name in names)]


def texts_in(holder: Tag) -> list[NavigableString]:
    return [each for each in holder.descendants if isinstance(each, NavigableString)]


def shows_something(element: Tag) -> bool:
    return bool(element.get_text().strip()) or bool(elements(element, ("img", "hr")))
