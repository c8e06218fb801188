"""The measured parts of the page: each has its place, and only its own is written anew."""

import pytest

from benchmarks.page import PAGE, PARTS, PLOTS, with_part


def test_a_part_is_written_between_its_marks_and_nothing_else_changes() -> None:
    page = "one\n<!-- measured: warm -->\nold\n<!-- end -->\ntwo\n<!-- measured: load -->\nkept\n<!-- end -->\n"
    assert with_part(page, "warm", r"\1 new") == page.replace("old", r"\1 new")


def test_a_page_without_a_place_for_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="0 places for warm"):
        with_part("nothing\n", "warm", "new")


def test_the_page_has_a_place_for_every_part_and_shows_every_drawing() -> None:
    page = PAGE.read_text()
    for part in PARTS:
        assert with_part(page, part, "new") != page
    assert [part for part in PLOTS if f"figures/{part}.svg" not in page] == []
    assert [part for part in PLOTS if not (PAGE.parent / "figures" / f"{part}.svg").is_file()] == []
