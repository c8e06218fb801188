"""Tables of HTML as Markdown has them."""

import re
from collections import Counter
from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag

from exchange.markdown.conversion import LOST_TABLE, Conversion

_MOST_CELLS = 10_000


def clean_table(soup: BeautifulSoup, table: Tag, conversion: Conversion) -> None:
    """A table of texts gets a cell at every place; any other is only there for the layout, and becomes paragraphs."""
    rows = table.find_all("tr")
    cells = [row.find_all(["td", "th"]) for row in rows]
    width = max(map(len, cells), default=0)
    if width > 1 and table.find(["table", "ul", "ol", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4"]) is None:
        _fill_spans(soup, rows, cells)
        return
    if table.find("table") is None and width > 1:
        conversion.lose(LOST_TABLE)
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
