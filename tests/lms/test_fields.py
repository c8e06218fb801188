"""What the fields of bodies and queries take, and that their schemas say the same."""

import json
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from lms.fields import DIGITS, Day, Description, Flag, Moment, Name, Passage, WallClock

MOMENT, DAY, CLOCK = TypeAdapter(Moment), TypeAdapter(Day), TypeAdapter(WallClock)
NAME, DESCRIPTION, PASSAGE = TypeAdapter(Name), TypeAdapter(Description), TypeAdapter(Passage)
LIMIT, FLAG = TypeAdapter(Annotated[int, DIGITS]), TypeAdapter(Flag)
# Strategies take naive bounds.
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59), timezones=st.just(UTC))  # noqa: DTZ001
INVISIBLE = ["", " ", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad", "\u180e \u202e", "\U000e0041", "\ufe0f"]


def _takes(type_: TypeAdapter[Any], value: Any) -> bool:
    try:
        type_.validate_python(value)
    except ValidationError:
        return False
    return True


@given(MOMENTS)
def test_a_moment_is_read_as_it_is_written(moment: datetime) -> None:
    assert MOMENT.validate_python(moment.isoformat().replace("+00:00", "Z")) == moment


def test_a_moment_is_handed_on_in_utc() -> None:
    assert MOMENT.validate_python("2027-03-01T14:00:00.5+05:00") == datetime(2027, 3, 1, 9, 0, 0, 500_000, UTC)


@pytest.mark.parametrize(
    "value",
    [
        0,
        1_700_000_000,
        1.7e9,
        "1700000000",
        True,
        None,
        "2027-03-01T09:00:00",
        "2027-03-01 09:00:00Z",
        "2027-03-01T09:00Z",
        "2027-03-01",
        "2027-02-30T09:00:00Z",
        "2027-03-01T24:00:00Z",
        "2027-03-01T09:00:00Z\n",
        "٢٠27-03-01T09:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_no_moment_is_a_number_naive_or_at_the_calendars_ends(value: Any) -> None:
    assert not _takes(MOMENT, value)


@pytest.mark.parametrize(
    "value", [0, 1_700_000_000, "1700000000", "2027-3-1", "2027-02-30", "0001-01-01", "9999-12-31"]
)
def test_no_day_is_a_number_or_at_the_calendars_ends(value: Any) -> None:
    assert not _takes(DAY, value)


def test_a_day_is_a_date() -> None:
    assert DAY.validate_python("1900-01-01") == date(1900, 1, 1)
    assert DAY.validate_python("2199-12-31") == date(2199, 12, 31)


@pytest.mark.parametrize("value", ["24:00", "7:00", "07:60", "07:00:00", "07:00Z", 420, "25200", "07:00\n"])
def test_no_time_of_the_day_is_a_number_or_has_an_offset(value: Any) -> None:
    assert CLOCK.validate_python("07:30") == time(7, 30)
    assert not _takes(CLOCK, value)


@pytest.mark.parametrize("value", ["5_0", " 50", "50 ", "+5", "05", "5.0", "٥", "1e1", "", "true", "5\n", "9" * 5_000])
def test_a_number_in_a_query_has_digits_alone(value: str) -> None:
    assert LIMIT.validate_python("-50") == -50
    assert not _takes(LIMIT, value)


@pytest.mark.parametrize("value", ["1", "0", "yes", "on", "True", "t", ""])
def test_a_flag_in_a_query_is_true_or_false(value: str) -> None:
    assert FLAG.validate_python("true") is True
    assert FLAG.validate_python("false") is False
    assert not _takes(FLAG, value)


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_name_and_a_passage_have_something_to_see(text: str) -> None:
    assert not _takes(NAME, text)
    assert not _takes(PASSAGE, text)
    assert _takes(DESCRIPTION, text)
    assert NAME.validate_python(f"{text}a") == f"{text}a".strip()


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\x00", "a\x7f", "a\x85b", "\ud800"])
def test_a_name_is_one_line_that_can_be_written(text: str) -> None:
    assert not _takes(NAME, text)


@pytest.mark.parametrize("type_", [NAME, DESCRIPTION, PASSAGE], ids=["name", "description", "passage"])
@given(
    text=st.text(
        st.characters(codec="utf-8", max_codepoint=0xFFFF)
        | st.sampled_from("a \n\t\x00\x85\u00a0\u00ad\u200b\u2028\u2800\u3164\ufeff"),
        max_size=6,
    )
)
def test_the_schema_of_a_text_takes_what_its_code_does(type_: TypeAdapter[Any], text: str) -> None:
    schema = json.loads(json.dumps(type_.json_schema()))
    # What is trimmed is nobody's business but the code's.
    if text == text.strip():
        assert (re.search(schema["pattern"], text) is not None) == _takes(type_, text), repr(text)


@pytest.mark.parametrize("type_", [MOMENT, DAY, CLOCK], ids=["moment", "day", "clock"])
def test_the_schema_of_a_time_has_its_spelling(type_: TypeAdapter[Any]) -> None:
    schema = type_.json_schema()
    assert schema["type"] == "string"
    assert not re.search(schema["pattern"], "1700000000")
