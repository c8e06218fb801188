"""Decisions are numbered without gaps or doubles, and the list has all of them in order."""

import re

from operations.source import ROOT

FOLDER = ROOT / "docs" / "decisions"
FILES = sorted(path.name for path in FOLDER.glob("[0-9]*.md"))


def test_every_decision_has_a_number_of_its_own_also_in_its_title() -> None:
    assert [name[:4] for name in FILES] == [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    for name in FILES:
        assert (FOLDER / name).read_text().startswith(f"# {name[:4]} ")


def test_the_list_has_each_of_them_once_in_order() -> None:
    rows = re.findall(r"^\| \[(\d+)\]\(([^)]+)\) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert rows == [(name[:4], name) for name in FILES]
