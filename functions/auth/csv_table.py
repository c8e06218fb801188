"""Tables as spreadsheets write them: UTF-8 with or without a byte order mark, commas or semicolons."""

import csv
import io
from collections.abc import Set


class Unreadable(ValueError):
    """The table cannot be read; the text says why."""


class TableRow(dict[str, str]):
    """The cells of a row by their columns. `number` is what spreadsheets show beside it."""

    def __init__(self, cells: dict[str, str], number: int) -> None:
        super().__init__(cells)
        self.number = number


def read_rows(raw: bytes, columns: Set[str]) -> list[TableRow]:
    """The rows below the first, which names the columns. Empty cells and rows are left out."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The table is not in UTF-8. Save it as CSV UTF-8.") from error
    # Excel may say in a line of its own what separates cells.
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("The table cannot be read.") from error
    if not lines:
        raise Unreadable("The table is empty.")
    names = [name.strip().casefold().replace(" ", "_") for name in lines[0]]
    if unknown := sorted({name for name in names if name and name not in columns}):
        raise Unreadable(f"There is no column {unknown[0][:50]}. The columns are {', '.join(sorted(columns))}.")
    if len(set(names) - {""}) < len([name for name in names if name]):
        raise Unreadable("Two columns have the same name.")
    return [TableRow(row, number) for number, line in enumerate(lines[1:], 2) if (row := _row(names, line))]


def _row(names: list[str], line: list[str]) -> dict[str, str]:
    cells = dict(zip(names, (cell.strip() for cell in line), strict=False))
    given = {name: cell for name, cell in cells.items() if name and cell}
    if "is_type" in given:
        given["is_type"] = given["is_type"].casefold()
    return given
