"""Leaves of HTML what Markdown has: nothing that runs, and tables, lists and emphasis as it can write them."""

import re
from typing import TypeGuard

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from exchange.markdown.conversion import LOST_DEPTH, LOST_DRAWING, LOST_FORM, LOST_FRAME, LOST_SCRIPT, Conversion
from exchange.markdown.elements import BLOCKS, CODE, EMPHASIS, INLINE, elements, shows_something, texts_in
from exchange.markdown.formulas import BLANKS
from exchange.markdown.links import web_address
from exchange.markdown.tables import clean_table

_DEEPEST = 60
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
_DRAWINGS = ["svg", "canvas"]
_NO_TEXT = frozenset({*_NOT_A_TEXT, *_CONTROLS_OF_FORMS, *_DRAWINGS, "math"})
_MEDIA = ["audio", "video"]
_LISTS = ["ul", "ol", "li"]
_STYLED = ["span", "font"]
_FRAMES = ["iframe", "frame", "embed", "object", "applet"]


def clean(soup: BeautifulSoup, conversion: Conversion) -> None:
    """Leaves elements that Markdown has, and texts."""
    _cut_deep(soup, conversion)
    # Most texts have few of the elements, and looking for each in all of many short texts takes long.
    names = {element.name for element in elements(soup)}
    _remove_what_is_no_text(soup, names, conversion)
    for group, keep in ((_MEDIA, _keep_media), (_FRAMES, _keep_frame), (_STYLED, _keep_style)):
        if not names.isdisjoint(group):
            for element in elements(soup, group):
                keep(element, conversion)
    for element in elements(soup):
        if element.name not in BLOCKS | INLINE or (
            element.name in INLINE and element.name != "a" and elements(element, BLOCKS)
        ):
            element.unwrap()
    if "table" in names:
        for table in reversed(elements(soup, ("table",))):
            clean_table(soup, table, conversion)
    if not names.isdisjoint(_LISTS):
        _clean_lists(soup)
    _join_emphasis(soup)
    soup.smooth()
    _clean_breaks(soup)
    for text in texts_in(soup):
        if text.strip():
            continue
        siblings = (text.previous_sibling, text.next_sibling)
        if any(isinstance(sibling, Tag) and sibling.name in BLOCKS for sibling in siblings):
            text.extract()


def _clean_breaks(soup: BeautifulSoup) -> None:
    """Breaks are between texts: at the edges of a block they mean nothing, and blanks behind them neither."""
    breaks = elements(soup, ("br",))
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
        return element.parent is not None and element.parent.name in BLOCKS
    return isinstance(sibling, Tag) and sibling.name in BLOCKS


def _remove_what_is_no_text(soup: BeautifulSoup, names: set[str], conversion: Conversion) -> None:
    for text in texts_in(soup):
        if type(text) is NavigableString:
            continue
        if text.parent is None or text.parent.name not in ("script", "style", "template"):
            text.extract()
    if names.isdisjoint(_NO_TEXT):
        return
    for element in elements(soup, ("script", "math")):
        _keep_formula(element, conversion)
    for element in elements(soup, _NOT_A_TEXT):
        if element.name == "script":
            conversion.lose(LOST_SCRIPT)
        element.decompose()
    for name, loss in ((_CONTROLS_OF_FORMS, LOST_FORM), (_DRAWINGS, LOST_DRAWING)):
        for element in elements(soup, name):
            if element.decomposed:
                continue
            if element.get("type") != "hidden":
                conversion.lose(loss)
            element.decompose()


def _cut_deep(soup: BeautifulSoup, conversion: Conversion) -> None:
    deep: list[tuple[Tag, int]] = [(soup, 0)]
    while deep:
        element, depth = deep.pop()
        if depth >= _DEEPEST and elements(element):
            conversion.lose(LOST_DEPTH)
            element.string = element.get_text(" ")
        else:
            deep += [(child, depth + 1) for child in element.children if isinstance(child, Tag)]


def _keep_formula(element: Tag, conversion: Conversion) -> None:
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
        conversion.lose("A formula in MathML lost its layout.")
        element.unwrap()


def _keep_media(element: Tag, conversion: Conversion) -> None:
    """Films and sounds of the package come along as files; those of the web become links."""
    if element.decomposed:
        return
    for source in (element, *element.find_all(["source", "track"])):
        link = str(source.get("src", ""))
        name = conversion.find(link) if link else None
        if name is not None:
            conversion.files[name] = None
        elif source.name != "track" and web_address(link):
            element.insert_after(_anchor(link))
    element.decompose()


def _anchor(link: str) -> Tag:
    anchor = Tag(name="a", attrs={"href": link})
    anchor.string = link
    return anchor


def _keep_frame(element: Tag, conversion: Conversion) -> None:
    if element.parent is None:
        return
    link = str(element.get("src") or element.get("data") or "")
    name = conversion.find(link) if link else None
    if name is not None:
        conversion.files[name] = None
        element.decompose()
    elif web_address(link):
        conversion.lose(LOST_FRAME)
        title = BLANKS.sub(" ", str(element.get("title", ""))).strip()
        anchor = _anchor(link)
        anchor.string = title or link
        element.replace_with(anchor)
    else:
        conversion.lose("An embedded part was left out.")
        # What an object shows where it cannot be shown itself.
        element.unwrap()


def _keep_style(element: Tag, _: Conversion) -> None:
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


def _clean_lists(soup: BeautifulSoup) -> None:
    for item in elements(soup, ("li",)):
        if item.parent is None or item.parent.name not in ("ul", "ol"):
            item.name = "div"
    for outer in elements(soup, ("ul", "ol")):
        if outer.decomposed:
            continue
        if not shows_something(outer):
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
        if not shows_something(item):
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


def _join_emphasis(soup: BeautifulSoup) -> None:
    """`<b>a</b><b>b</b>` and `<b>a <b>b</b></b>` are one emphasis, of which Markdown can write no two side by side."""
    for element in elements(soup, EMPHASIS):
        mark = EMPHASIS[element.name]
        if not shows_something(element) or any(EMPHASIS.get(parent.name) == mark for parent in element.parents):
            element.unwrap()
    for element in elements(soup, ("a",)):
        if not shows_something(element) or element.find_parent("a") is not None:
            element.unwrap()
    marks = {**EMPHASIS, **dict.fromkeys(CODE, "`")}
    for element in elements(soup, marks):
        mark = "" if element.decomposed else marks[element.name]
        while mark and isinstance(following := element.next_sibling, Tag) and marks.get(following.name) == mark:
            element.extend(list(following.contents))
            following.decompose()
