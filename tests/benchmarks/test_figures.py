"""Percentiles, tables and bars of the page of figures."""

from xml.etree import ElementTree

import pytest

from benchmarks.figures import bars, percentile, table, tables_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 50, 7.0),
        ([7.0], 95, 7.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([float(number) for number in range(1, 21)], 95, 19.0),
        ([float(number) for number in range(1, 22)], 95, 20.0),
        ([1.0, 2.0], 100, 2.0),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_table_has_its_numbers_to_the_right_and_can_be_read_again() -> None:
    text = table(["request", "ms"], [["hello", "9.5"], ["own profile", "10.25"], ["login", ""]])
    assert text.splitlines() == [
        "| request     |    ms |",
        "| ----------- | ----: |",
        "| hello       |   9.5 |",
        "| own profile | 10.25 |",
        "| login       |       |",
    ]
    assert tables_of(f"before\n{text}\n\n{table(['another'], [['x']])}") == [
        [{"request": "hello", "ms": "9.5"}, {"request": "own profile", "ms": "10.25"}, {"request": "login", "ms": ""}],
        [{"another": "x"}],
    ]


def test_bars_are_as_long_as_their_values_and_those_beyond_the_goal_stand_out() -> None:
    drawing = ElementTree.fromstring(bars("a < b", [("short", 1), ("long & slow", 4)], goal=2))
    _, short, long = drawing.iter(f"{SVG}rect")
    assert float(long.attrib["width"]) == 4 * float(short.attrib["width"])
    assert short.attrib["fill"] != long.attrib["fill"]
    (goal,) = drawing.iter(f"{SVG}line")
    assert float(goal.attrib["x1"]) - float(long.attrib["x"]) == pytest.approx(float(long.attrib["width"]) / 2)
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert texts == ["a < b", "short", "1", "long & slow", "4", "goal: 2"]


def test_bars_of_nothing_but_zeros_are_drawn() -> None:
    drawing = ElementTree.fromstring(bars("none", [("errors", 0)]))
    assert [rect.attrib["width"] for rect in drawing.iter(f"{SVG}rect")] == ["100%", "0.0"]
