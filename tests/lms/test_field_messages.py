"""What people read about a field that cannot be accepted: plain sentences, without what they sent."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import Field, StrictBool, StrictInt, ValidationError

from lms.field_messages import message_of
from lms.fields import DIGITS, JSON_NUMBER, Body, Changes, Day, Flag, Moment, Name, Pattern, WallClock
from lms.money import Currency, Money
from lms.profile_fields import Country, Details, MobileNumber, Password


class Update(Changes):
    name: Name | None = None


class Form(Body):
    name: Name = "x"
    password: Password = "x"
    mobile: MobileNumber = "+923001234567"
    country: Country = "PK"
    details: Details | None = None
    day: Day | None = None
    moment: Moment | None = None
    clock: WallClock | None = None
    flag: Flag = True
    consent: StrictBool = True
    number: Annotated[int, DIGITS] = 1
    stars: Annotated[StrictInt, Field(ge=1, le=5)] = 1
    share: Annotated[Decimal, Field(gt=0, lt=1, decimal_places=2), JSON_NUMBER] = Decimal("0.5")
    price: Money = Decimal(1)
    currency: Currency = "PKR"
    kind: Literal["single", "multiple"] = "single"
    ids: Annotated[list[UUID], Field(min_length=1, max_length=2)] | None = None
    code: Annotated[str, Pattern("^[0-9]{6}$", "A code of six digits is expected.")] = "123456"
    update: Update = Update()


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"name": ""}, "too_short", "At least 1 character is needed."),
        ({"name": "x" * 201}, "too_long", "At most 200 characters are allowed."),
        ({"name": 5}, "string_type", "A text is expected."),
        ({"name": "\u0007"}, "value_error", "Control characters are not allowed."),
        ({"name": "\u200b"}, "value_error", "Something visible is expected."),
        ({"password": "\ud800"}, "value_error", "The text is not valid Unicode."),
        (
            {"mobile": "0300"},
            "string_pattern_mismatch",
            "A mobile number is expected in the form +923001234567 (E.164).",
        ),
        ({"country": "XX"}, "value_error", "A country code is expected, such as PK (ISO 3166 alpha-2)."),
        ({"details": []}, "dict_type", "An object is expected."),
        ({"details": {"a": "x" * 20_000}}, "value_error", "At most 16 KB are allowed."),
        ({"day": "tomorrow"}, "spelling", "A date from 1900 to 2199 is expected, such as 2027-02-28."),
        ({"day": "2027-02-30"}, "date_from_datetime_parsing", "A date is expected, such as 2027-02-28."),
        (
            {"moment": "2027-02-28T09:00:00"},
            "spelling",
            "A time from 1900 to 2199 with its offset is expected, such as 2027-02-28T09:00:00Z.",
        ),
        ({"clock": "25:00"}, "spelling", "A time is expected, such as 22:30."),
        ({"flag": "yes"}, "bool_parsing", "Either true or false is expected."),
        ({"consent": 1}, "bool_type", "Either true or false is expected."),
        ({"number": "01"}, "int_parsing", "A whole number is expected."),
        ({"stars": 0}, "greater_than_equal", "This must be 1 or more."),
        ({"stars": 6}, "less_than_equal", "This must be 5 or less."),
        ({"share": 0}, "greater_than", "This must be more than 0."),
        ({"share": 1}, "less_than", "This must be less than 1."),
        ({"share": "half"}, "number_type", "A number is expected."),
        ({"share": 0.125}, "decimal_max_places", "At most 2 decimal places are allowed."),
        ({"price": 5}, "value_error", 'An amount is expected as a text, such as "5000.00".'),
        ({"currency": "XXX"}, "value_error", "A currency code is expected, such as PKR (ISO 4217)."),
        ({"kind": "essay"}, "literal_error", "One of these is expected: 'single' or 'multiple'."),
        ({"ids": []}, "too_short", "At least 1 item is needed."),
        ({"ids": [str(UUID(int=n)) for n in range(3)]}, "too_long", "At most 2 items are allowed."),
        (
            {"ids": ["one"]},
            "uuid_parsing",
            "An id is expected, such as 018f4e2a-7c1e-7d3b-9a54-2f6f1c0d9e11.",
        ),
        ({"code": "12345\n"}, "string_pattern_mismatch", "A code of six digits is expected."),
        ({"update": {"name": None}}, "null", "This field cannot be null."),
        ({"update": {"nmae": "x"}}, "extra_forbidden", "There is no such field."),
    ],
)
def test_a_fault_is_a_sentence_for_people_and_a_code_for_programs(
    given: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)
    [error] = refused.value.errors()
    assert (error["type"], message_of(error)) == (code, message)


def test_whatever_else_is_wrong_is_a_sentence_too() -> None:
    assert message_of({"type": "value_error", "msg": "", "ctx": {"error": ValueError("give both")}}) == "Give both."
    assert message_of({"type": "unheard_of", "msg": "Input is odd"}) == "Input is odd."
    pattern = {"type": "string_pattern_mismatch", "msg": "String should match pattern", "ctx": {"pattern": "^x$"}}
    assert message_of(pattern) == "This text does not have the expected form."


def test_a_pattern_stands_in_the_schema() -> None:
    assert Form.model_json_schema()["properties"]["code"]["pattern"] == "^[0-9]{6}$"
