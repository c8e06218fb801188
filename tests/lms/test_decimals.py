"""Exact numbers in storage."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lms.dynamo import DecimalAttribute

_ATTRIBUTE = DecimalAttribute()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_comes_back_exactly_as_it_was(number: Decimal) -> None:
    assert _ATTRIBUTE.deserialize(_ATTRIBUTE.serialize(number)) == number


def test_a_number_is_spelt_without_an_exponent() -> None:
    assert _ATTRIBUTE.serialize(Decimal("1E+2")) == "100"
