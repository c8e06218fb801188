"""HTML, Markdown and plain text of other systems as our Markdown, with nothing in it that a browser would run.

Markdown here is CommonMark with tables and `~~deleted~~`, without HTML. Formulas are TeX between `$...$` or `$$...$$`.
A picture of the package is `![alt](image:<name of the file, percent-encoded>)`.
"""

import html as entities
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import Any, TypeGuard
from urllib.parse import quote, unquote

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdownify import MarkdownConverter

Find = Callable[[str], str | None]
"""Answers the name of the package's file that a link means, if it means one."""

LONGEST = 1_000_000
"""Characters of one text; what follows is cut off."""
_DEEPEST = 60
_MOST_ELEMENTS = 10_000
_MOST_CELLS = 10_000
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ""}

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PARAGRAPH_END = re.compile(r"\s*\n[ \t]*\n\s*")
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
# Nothing in it is markup in either language; most answers are like this, and need no parser.
_PLAIN = re.compile(r"(?!\d+[.)])[^\W_](?:[^\W_]|[,;:?'\"%/().]| (?=\S))*+|")
_MARKUP = "\\*`[]()!$~<>"
# Pandoc's rule: no blank inside the dollars, no digit behind them, so that "$5 or $6" is no formula.
_FORMULA = re.compile(
    r"\\\((?P<round>(?:(?!\\[()]).)+)\\\)|\\\[(?P<square>(?:(?!\\[\[\]]).)+)\\\]|\$\$(?P<display>[^$]+?)\$\$"
    r"|(?<![\\$])\$(?P<inline>(?![\s$])(?:\\.|[^$\\])*?(?<![\s\\]))\$(?![\d$])",
    re.DOTALL,
)
_LINK_IN_FORMULA = re.compile(r"\]\s*[(:\[]|`")
_SUPERSCRIPTS = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    }
)
_EMPHASIS = {
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
_CODE = ["code", "kbd", "samp", "tt"]
_INLINE = frozenset({*_EMPHASIS, *_CODE, "a", "br", "img", "q", "sub", "sup"})
_NOT_A_TEXT = [
    "script",
    "style",
    "template",
    "head",
    "title",
    "link",
    "meta",
    "base",
    "area",
    "map",
    "param",
    "noframes",
]
_CONTROLS_OF_FORMS = ["input", "select", "textarea", "option", "datalist"]
_MEDIA = ["audio", "video"]
_FRAMES = ["iframe", "frame", "embed", "object", "applet"]

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
class _Found:
    """What is noticed while a text is converted; dictionaries, because they keep the order."""

    find: Find
    images: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    losses: dict[str, None] = field(default_factory=dict)

    def lose(self, loss: str) -> None:
        self.losses[loss] = None

    def converted(self, text: str) -> Converted:
        return Converted(text, tuple(self.images), tuple(self.files), tuple(self.losses))


def _nothing(_link: str) -> None:
    return None


def from_html(html: str, find: Find = _nothing) -> Converted:
    """The Markdown of HTML. Links to files of the package become their text; pictures of it stay pictures."""
    if _PLAIN.fullmatch(html):
        return Converted(clean_text(html))
    found = _Found(find)
    if len(html) > LONGEST:
        html = html[:LONGEST]
        found.lose(LOST_REST)
    soup = BeautifulSoup(f"<body>{clean_text(html)}</body>", "lxml")
    if len(_elements(soup)) > _MOST_ELEMENTS:
        # Whatever is done to one of many siblings looks through all others.
        found.lose(LOST_FORMATTING)
        return found.converted(from_text(" ".join(soup.get_text(" ").split())))
    _clean(soup, found)
    dollars = sum(_FORMULA.sub("", text).count("$") for text in _texts(soup))
    text = _Converter(found, escape_dollars=dollars > 1).convert_soup(soup)
    return found.converted(_tidy(text))


def from_text(text: str) -> str:
    """The Markdown of plain text, which keeps its lines."""
    if _PLAIN.fullmatch(text):
        return clean_text(text)
    paragraphs = re.split(r"\n\s*\n", entities.escape(clean_text(text[:LONGEST])).replace("\r\n", "\n").strip())
    return from_html("".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)).text


def from_markdown(text: str, find: Find = _nothing) -> Converted:
    """Markdown of elsewhere: as it is, unless HTML, pictures or links in it cannot stay."""
    text = clean_text(text)[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").strip()
    known: dict[str, Any] = {}
    tokens = _parser(html=True).parse(text, known)
    targets = [str(reference["href"]) for reference in known.get("references", {}).values()]
    if all(map(_may_stay, _all_tokens(tokens))) and None not in map(_web_address, targets):
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


_IMAGE = re.compile(r"(!\[(?:[^\[\]\\]|\\.)*\]\()image:([^\s()<>]+)(\))")


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
        return _web_address(str(token.attrs.get("href", ""))) is not None
    return token.type not in ("html_block", "html_inline")


def _web_address(link: str) -> str | None:
    """A link as Markdown can hold it, if it leads into the web; browsers ignore blanks and controls in a scheme."""
    link = re.sub(r"[\x00-\x1f\x7f]", "", link).strip()
    if link.startswith("//"):
        link = "https:" + link
    if not re.match(r"(?:https?://|mailto:)[^\s/]", link, re.IGNORECASE):
        return None
    return quote(link, safe="!#$%&'*+,-./:;=?@_~[]").replace("[", "%5B").replace("]", "%5D")


def _elements(holder: Tag, names: Container[str] | None = None) -> list[Tag]:
    """What `find_all` finds, without the filter that it makes anew for each of the many short texts of a bank."""
    return [each for each in holder.descendants if isinstance(each, Tag) and (names is None or each.name in names)]


def _texts(holder: Tag) -> list[NavigableString]:
    return [each for each in holder.descendants if isinstance(each, NavigableString)]


def _clean(soup: BeautifulSoup, found: _Found) -> None:
    """Leaves elements that Markdown has, and texts."""
    _cut_deep(soup, found)
    _remove_what_is_no_text(soup, found)
    for element in _elements(soup, _MEDIA):
        _keep_media(element, found)
    for element in _elements(soup, _FRAMES):
        _keep_frame(element, found)
    for element in _elements(soup, ("span", "font")):
        _keep_style(element)
    for element in _elements(soup):
        if element.name not in _BLOCKS | _INLINE or (
            element.name in _INLINE and element.name != "a" and _elements(element, _BLOCKS)
        ):
            element.unwrap()
    for table in reversed(_elements(soup, ("table",))):
        _clean_table(soup, table, found)
    _clean_lists(soup)
    _join_emphasis(soup)
    soup.smooth()
    _clean_breaks(soup)
    for text in _texts(soup):
        if text.strip():
            continue
        siblings = (text.previous_sibling, text.next_sibling)
        if any(isinstance(sibling, Tag) and sibling.name in _BLOCKS for sibling in siblings):
            text.extract()


def _clean_breaks(soup: BeautifulSoup) -> None:
    """Breaks are between texts: at the edges of a block they mean nothing, and blanks behind them neither."""
    breaks = _elements(soup, ("br",))
    for line_break in (*breaks, *reversed(breaks)):
        if line_break.decomposed or line_break.find_parent("pre") is not None:
            continue
        following = line_break.next_sibling
        if isinstance(following, NavigableString) and following[:1].isspace():
            following.replace_with(following.lstrip())
        if any(_is_edge(line_break, sibling) for sibling in (line_break.previous_sibling, line_break.next_sibling)):
            line_break.decompose()


def _is_edge(element: Tag, sibling: PageElement | None) -> bool:
    if sibling is None:
        return element.parent is not None and element.parent.name in _BLOCKS
    return isinstance(sibling, Tag) and sibling.name in _BLOCKS


def _remove_what_is_no_text(soup: BeautifulSoup, found: _Found) -> None:
    for text in _texts(soup):
        if type(text) is NavigableString:
            continue
        if text.parent is None or text.parent.name not in ("script", "style", "template"):
            text.extract()
    for element in _elements(soup, ("script", "math")):
        _keep_formula(element, found)
    for element in _elements(soup, _NOT_A_TEXT):
        if element.name == "script":
            found.lose(LOST_SCRIPT)
        element.decompose()
    for name, loss in ((_CONTROLS_OF_FORMS, LOST_FORM), (["svg", "canvas"], LOST_DRAWING)):
        for element in _elements(soup, name):
            if element.decomposed:
                continue
            if element.get("type") != "hidden":
                found.lose(loss)
            element.decompose()


def _cut_deep(soup: BeautifulSoup, found: _Found) -> None:
    deep: list[tuple[Tag, int]] = [(soup, 0)]
    while deep:
        element, depth = deep.pop()
        if depth >= _DEEPEST and _elements(element):
            found.lose(LOST_DEPTH)
            element.string = element.get_text(" ")
        else:
            deep += [(child, depth + 1) for child in element.children if isinstance(child, Tag)]


def _keep_formula(element: Tag, found: _Found) -> None:
    if element.name == "script":
        kind = str(element.get("type", ""))
        if kind.startswith("math/tex"):
            dollars = "$$" if "mode=display" in kind else "$"
            element.replace_with(f"{dollars}{element.get_text().strip()}{dollars}")
        return
    tex = element.find("annotation", attrs={"encoding": re.compile("tex", re.IGNORECASE)})
    if tex is not None:
        element.replace_with(f"${tex.get_text().strip()}$")
    else:
        found.lose("A formula in MathML lost its layout.")
        element.unwrap()


def _keep_media(element: Tag, found: _Found) -> None:
    """Films and sounds of the package come along as files; those of the web become links."""
    if element.decomposed:
        return
    for source in (element, *element.find_all(["source", "track"])):
        link = str(source.get("src", ""))
        name = found.find(link) if link else None
        if name is not None:
            found.files[name] = None
        elif source.name != "track" and _web_address(link):
            element.insert_after(_anchor(link))
    element.decompose()


def _anchor(link: str) -> Tag:
    anchor = Tag(name="a", attrs={"href": link})
    anchor.string = link
    return anchor


def _keep_frame(element: Tag, found: _Found) -> None:
    if element.parent is None:
        return
    link = str(element.get("src") or element.get("data") or "")
    name = found.find(link) if link else None
    if name is not None:
        found.files[name] = None
        element.decompose()
    elif _web_address(link):
        found.lose(LOST_FRAME)
        title = _BLANKS.sub(" ", str(element.get("title", ""))).strip()
        anchor = _anchor(link)
        anchor.string = title or link
        element.replace_with(anchor)
    else:
        found.lose("An embedded part was left out.")
        # What an object shows where it cannot be shown itself.
        element.unwrap()


def _keep_style(element: Tag) -> None:
    style = str(element.get("style", "")).lower()
    for pattern, name in (
        (r"font-weight\s*:\s*(bold|[6-9]00)", "b"),
        (r"font-style\s*:\s*italic", "i"),
        (r"text-decoration[a-z-]*\s*:[^;]*line-through", "del"),
        (r"text-decoration[a-z-]*\s*:[^;]*underline", "u"),
    ):
        if re.search(pattern, style):
            element.name = name
            element.attrs = {}
            return
    element.unwrap()


def _clean_table(soup: BeautifulSoup, table: Tag, found: _Found) -> None:
    """A table of texts gets a cell at every place; any other is only there for the layout, and becomes paragraphs."""
    rows = table.find_all("tr")
    cells = [row.find_all(["td", "th"]) for row in rows]
    width = max(map(len, cells), default=0)
    if width > 1 and table.find(["table", "ul", "ol", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4"]) is None:
        _fill_spans(soup, rows, cells)
        return
    if table.find("table") is None and width > 1:
        found.lose(LOST_TABLE)
    for element in (table, *table.find_all(["thead", "tbody", "tfoot", "tr", "td", "th", "caption"])):
        element.name = "div"


def _fill_spans(soup: BeautifulSoup, rows: Sequence[Tag], cells: Sequence[Sequence[Tag]]) -> None:
    spanned: Counter[tuple[int, int]] = Counter()
    added = 0
    for y, row in enumerate(rows):
        x = 0
        for cell in cells[y]:
            while spanned[y, x] and added < _MOST_CELLS:
                cell.insert_before(soup.new_tag("td"))
                added += 1
                x += 1
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for down in range(1, min(height, len(rows) - y)):
                for right in range(width):
                    spanned[y + down, x + right] += 1
            for _ in range(width - 1):
                if added < _MOST_CELLS:
                    cell.insert_after(soup.new_tag("td"))
                    added += 1
            cell.attrs = {}
            x += width
        while spanned[y, x] and added < _MOST_CELLS:
            row.append(soup.new_tag("td"))
            added += 1
            x += 1


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1"))
    return max(1, min(100, int(value))) if re.fullmatch(r"[0-9]{1,4}", value) else 1


def _clean_lists(soup: BeautifulSoup) -> None:
    for item in _elements(soup, ("li",)):
        if item.parent is None or item.parent.name not in ("ul", "ol"):
            item.name = "div"
    for outer in _elements(soup, ("ul", "ol")):
        if outer.decomposed:
            continue
        if not _shows_something(outer):
            outer.decompose()
        else:
            _clean_list(soup, outer)


def _clean_list(soup: BeautifulSoup, outer: Tag) -> None:
    # Markdown has no two lists side by side.
    while _is_tag(following := _next_content(outer), outer.name):
        outer.extend(list(following.contents))
        following.decompose()
    holder: Tag | None = None
    for child in list(outer.children):
        if _is_tag(child, "li"):
            holder = child
        elif isinstance(child, Tag) or str(child).strip():
            if holder is None:
                holder = soup.new_tag("li")
                child.insert_before(holder)
            holder.append(child.extract())
    items = outer.find_all("li", recursive=False)
    for item in items:
        if not _shows_something(item):
            item.decompose()
    start = str(outer.get("start", "1"))
    first = int(start) if outer.name == "ol" and re.fullmatch(r"[0-9]{1,6}", start) else 1
    for number, item in enumerate((item for item in items if not item.decomposed), first):
        item.attrs = {"number": str(number)}


def _next_content(element: Tag) -> PageElement | None:
    following = element.next_sibling
    while isinstance(following, NavigableString) and not following.strip():
        following = following.next_sibling
    return following


def _is_tag(element: PageElement | None, name: str) -> TypeGuard[Tag]:
    return isinstance(element, Tag) and element.name == name


def _shows_something(element: Tag) -> bool:
    return bool(element.get_text().strip()) or bool(_elements(element, ("img", "hr")))


def _join_emphasis(soup: BeautifulSoup) -> None:
    """`<b>a</b><b>b</b>` and `<b>a <b>b</b></b>` are one emphasis, of which Markdown can write no two side by side."""
    for element in _elements(soup, _EMPHASIS):
        mark = _EMPHASIS[element.name]
        if not _shows_something(element) or any(_EMPHASIS.get(parent.name) == mark for parent in element.parents):
            element.unwrap()
    for element in _elements(soup, ("a",)):
        if not _shows_something(element) or element.find_parent("a") is not None:
            element.unwrap()
    marks = {**_EMPHASIS, **dict.fromkeys(_CODE, "`")}
    for element in _elements(soup, marks):
        mark = "" if element.decomposed else marks[element.name]
        while mark and isinstance(following := element.next_sibling, Tag) and marks.get(following.name) == mark:
            element.extend(list(following.contents))
            following.decompose()


class _Converter(MarkdownConverter):
    def __init__(self, found: _Found, *, escape_dollars: bool) -> None:
        super().__init__(heading_style="atx", bullets="-", wrap=True, wrap_width=None, table_infer_header=True)
        self._found = found
        self._escape_dollars = escape_dollars
        self._begins_line = True

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        self._begins_line = not _neighbour(el, "previous_sibling", -1).strip()
        return str(super().process_text(el, parent_tags))  # type: ignore[misc]  # Its stub leaves this out.

    def escape(self, text: str, parent_tags: set[str]) -> str:
        parts, end = [], 0
        for match in _FORMULA.finditer(text):
            formula = _formula(match)
            if formula is not None:
                parts += [self._escape(text[end : match.start()], at_start=end == 0 and self._begins_line), formula]
                end = match.end()
        return "".join([*parts, self._escape(text[end:], at_start=end == 0 and self._begins_line)])

    def _escape(self, text: str, *, at_start: bool) -> str:
        text = re.sub(r"([\\*`\[\]~])|(<)(?![\s\d=])|(&)(?=#|\w+;)", lambda match: "\\" + match[0], text)
        text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
        if self._escape_dollars:
            text = text.replace("$", r"\$")
        # What would begin a picture together with a link that follows.
        text = re.sub(r"!$", r"\\!", text)
        if at_start:
            text = re.sub(r"^(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+(?=\s*$)|-+(?=\s*$)|\||:(?=-))", r"\1\\\2", text)
            text = re.sub(r"^(\s*\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
        return text

    def _emphasis(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        before, inner, after = _outer_blanks(text)
        # Between a letter and a mark of punctuation, an asterisk does not begin or end anything.
        if _is_letter(_neighbour(el, "previous_sibling", -1)):
            while inner and _is_punctuation(inner[0]) and inner[0] not in _MARKUP:
                before, inner = before + inner[0], inner[1:]
            if _is_punctuation(inner[:1]):
                return before + inner + after
        if _is_letter(_neighbour(el, "next_sibling", 0)):
            while inner and _is_punctuation(inner[-1]) and inner[-1] not in _MARKUP and inner[-2:-1] != "\\":
                after, inner = inner[-1] + after, inner[:-1]
            if _is_punctuation(inner[-1:]):
                return before + inner + after
        mark = _EMPHASIS[el.name]
        # It ends with its paragraph, which two breaks end, too.
        parts = _PARAGRAPH_END.split(inner)
        # Asterisks around text that begins and ends with some belong together in more than one way.
        if any(mark[0] == part[:1] == part[-1:] and len(re.findall(r"\*+|~+", part)) > 2 for part in parts):
            return before + inner + after
        return before + "\n\n".join(f"{mark}{part}{mark}" if part.strip() else part for part in parts) + after

    convert_b = convert_strong = convert_i = convert_em = convert_u = convert_ins = convert_mark = _emphasis
    convert_cite = convert_var = convert_dfn = convert_del = convert_s = convert_strike = _emphasis

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._raised(text, "^", _SUPERSCRIPTS, parent_tags)

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._raised(text, "_", _SUBSCRIPTS, parent_tags)

    def _raised(self, text: str, mark: str, letters: dict[int, int], parent_tags: set[str]) -> str:
        """Unicode has raised digits; other texts become a formula, except for the endings of numbers, "1st"."""
        before, inner, after = _outer_blanks(text)
        if not inner or "_noformat" in parent_tags or inner in ("st", "nd", "rd", "th", "er", "e", "o", "TM", "®", "™"):
            return text
        if all(ord(letter) in letters for letter in inner):
            return before + inner.translate(letters) + after
        if re.fullmatch(r"[\w ,.+=()'-]+", inner):
            return f"{before}${mark}{{{inner}}}${after}"
        return text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        link = str(el.get("href", "")).strip()
        before, inner, after = _outer_blanks(text)
        if "_noformat" in parent_tags or not link or link.startswith("#"):
            return text
        name = self._found.find(link)
        if name is not None:
            self._found.files[name] = None
            return text
        target = _web_address(link)
        if target is None:
            self._found.lose(LOST_LINK)
            return text
        if not inner:
            return before + after
        if _PARAGRAPH_END.search(inner):
            # A link around whole paragraphs.
            return f"{before}{inner}\n\n[{self._escape(link, at_start=True)}]({target}){after}"
        return f"{before}[{inner}]({target}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source = str(el.get("src", "")).strip()
        alt = _BLANKS.sub(" ", str(el.get("alt", ""))).strip()
        tex = el.get("data-equation-content") or (alt if "/filter/tex/" in source else None)
        if tex:
            return "$" + _without_tags(str(tex).strip("$ \n")) + "$"
        words = self._escape(alt, at_start=False).replace("$", r"\$")
        name = self._found.find(source) if source else None
        if name is not None:
            if PurePosixPath(name).suffix.lower() not in _PICTURES:
                self._found.lose(LOST_IMAGE_KIND)
                return words
            self._found.images[name] = None
            return f"![{words}]({image_target(name)})"
        target = _web_address(source)
        if target is not None and "a" not in parent_tags:
            self._found.lose(REMOTE_IMAGE)
            return f"[{words or PurePosixPath(target).name}]({target})"
        if source:
            self._found.lose(LOST_DATA_IMAGE if source.lower().startswith("data:") else LOST_IMAGE)
        return words

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return "\n"
        return " " if "_inline" in parent_tags else "  \n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        return "\n\n" + "\n".join(f"> {line}" if line.strip() else ">" for line in text.strip().split("\n")) + "\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # Not of hyphens, which would be one rule together with the hyphen of a list.
        return "\n\n***\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "pre" in parent_tags:
            return text
        before, inner, after = _outer_blanks(_BLANKS.sub(" ", text))
        if not inner:
            return before + after
        mark = _fence(inner, 1)
        blank = " " if inner.startswith("`") or inner.endswith("`") else ""
        return f"{before}{mark}{blank}{inner}{blank}{mark}{after}"

    convert_kbd = convert_samp = convert_tt = convert_code

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip("\r\n")
        if not text.strip():
            return ""
        fence = _fence(text, 3)
        return f"\n\n{fence}\n{text}\n{fence}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        bullet = f"{el['number']}. " if el.parent is not None and el.parent.name == "ol" else "- "
        return bullet + re.sub(r"\n(?=[^\n])", "\n" + " " * len(bullet), text) + "\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " + re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", _BLANKS.sub(" ", text).strip()) + " |"

    convert_th = convert_td

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        return f"\n\n**{text}**\n\n" if text and "*" not in text and "\n" not in text else f"\n\n{text}\n\n"

    def _block(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip()
        if "_inline" in parent_tags:
            return f" {text} "
        return f"\n\n{text}\n\n" if text else ""

    convert_p = convert_dd = convert_dl = convert_div = convert_article = convert_section = convert_aside = _block
    convert_address = convert_center = convert_details = convert_fieldset = convert_figcaption = convert_figure = _block
    convert_footer = convert_form = convert_header = convert_legend = convert_main = convert_nav = _block
    convert_summary = convert_caption = _block


def _formula(match: re.Match[str]) -> str | None:
    """A formula between dollars; None for what would be more than text where nobody sets formulas."""
    display = match["display"] or match["square"]
    tex = _BLANKS.sub(" ", display or match["round"] or match["inline"] or "").strip()
    if not tex or "$" in tex.replace(r"\$", "") or _LINK_IN_FORMULA.search(tex):
        return None
    dollars = "$$" if display else "$"
    return dollars + _without_tags(tex) + dollars


def _without_tags(tex: str) -> str:
    return re.sub(r" ?([<>]) ?", lambda match: r" \lt " if match[1] == "<" else r" \gt ", tex).strip()


def _outer_blanks(text: str) -> tuple[str, str, str]:
    inner = text.strip()
    if not inner:
        return text, "", ""
    start = text.index(inner)
    return text[:start], inner, text[start + len(inner) :]


def _neighbour(element: PageElement, side: str, place: int) -> str:
    """The letter before or behind an element, in the same line."""
    here: PageElement = element
    while getattr(here, side) is None and here.parent is not None and here.parent.name in _INLINE:
        here = here.parent
    sibling = getattr(here, side)
    if isinstance(sibling, Tag) and _EMPHASIS.get(sibling.name) not in ("*", "**"):
        # Its Markdown ends in a backtick, a bracket or the like.
        return "`" if sibling.name in _INLINE - {"br"} else ""
    # Asterisks side by side are one run, between what stands before the first and behind the last.
    text = sibling.get_text() if isinstance(sibling, Tag) else str(sibling or "")
    return text[place] if text else ""


def _is_punctuation(letter: str) -> bool:
    return bool(letter) and unicodedata.category(letter)[0] in "PS"


def _is_letter(letter: str) -> bool:
    return bool(letter) and not letter.isspace() and not _is_punctuation(letter)


def _fence(text: str, least: int) -> str:
    runs = {len(run) for run in re.findall(r"`+", text)}
    if least > 1:
        return "`" * max([least, *(run + 1 for run in runs)])
    return "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)


def _tidy(text: str) -> str:
    """No blanks at the ends of lines but those of a break, and at most one empty line."""
    text = re.sub(r"[ \t]+\n(?=[ \t]*\n)", "\n", text.strip())
    text = re.sub(r"[ \t]{3,}\n", "  \n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
