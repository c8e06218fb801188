"""Tables as Markdown, percentiles, and bars as SVG."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

_LABEL, _BAR, _VALUE, _ROW, _PAD = 250, 400, 90, 24, 12


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    if not values:
        raise ValueError("no values")
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(int(rank), 1) - 1]


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; columns of numbers, which come as they are to be shown, are set to the right."""
    cells = [list(columns), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(columns))]
    right = [all(_is_number(row[column]) for row in cells[1:]) for column in range(len(columns))]

    def line(row: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = ["-" * (width - 1) + (":" if to_right else "-") for width, to_right in zip(widths, right, strict=True)]
    return "\n".join(map(line, [cells[0], rule, *cells[1:]]))


def tables_of(markdown: str) -> list[list[dict[str, str]]]:
    """The rows of each table in a text."""
    found = []
    for is_table, group in groupby(markdown.splitlines(), lambda line: line.startswith("|")):
        if is_table:
            columns, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in group)
            found.append([dict(zip(columns, row, strict=True)) for row in rows])
    return found


def bars(title: str, values: Sequence[tuple[str, float]], goal: float | None = None) -> str:
    """A drawing of one bar a value, and a line where the goal is."""
    longest = max([value for _, value in values] + [goal or 0]) or 1
    width, height = _LABEL + _BAR + _VALUE, _ROW * (len(values) + 1) + 2 * _PAD

    def text(x: float, row: int, words: str, anchor: str = "start") -> str:
        return f'<text x="{x:g}" y="{_PAD + _ROW * row + 16}" text-anchor="{anchor}">{escape(words)}</text>'

    parts = [text(_PAD, 0, title)]
    for row, (label, value) in enumerate(values, 1):
        length = _BAR * value / longest
        colour = "#c2663d" if goal is not None and value > goal else "#3d7ac2"
        parts += [
            text(_LABEL - 8, row, label, "end"),
            f'<rect x="{_LABEL}" y="{_PAD + _ROW * row + 3}" width="{length:.1f}" height="{_ROW - 6}"'
            f' fill="{colour}"/>',
            text(_LABEL + length + 6, row, f"{value:g}"),
        ]
    if goal is not None:
        x = _LABEL + _BAR * goal / longest
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_PAD + _ROW}" y2="{height - _PAD}" stroke="#333"/>')
        parts.append(text(width - _PAD, 0, f"goal: {goal:g}", "end"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="sans-serif" font-size="13">\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True
