"""Which texts people see, and which they take for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.texts import address_key, is_invisible, uniqueness_key


@pytest.mark.parametrize(
    "twin",
    [
        "AGENTIC AI",
        " agentic \u00a0 ai ",
        "Agentic\u200b AI",
        "Agen\u00adtic AI",
        "\u2067Agentic AI\u2069",
        "Ａｇｅｎｔｉｃ　ＡＩ",
        "Agentic\ufe0f AI\U000e0041",
        "Agentic\u2800AI",
    ],
)
def test_texts_that_look_alike_have_one_key(twin: str) -> None:
    assert uniqueness_key(twin) == uniqueness_key("Agentic AI")


@pytest.mark.parametrize("other", ["AgenticAI", "Agentic BI", "Agentic A\u0301I", "زراعت"])
def test_texts_that_look_different_have_two(other: str) -> None:
    assert uniqueness_key(other) != uniqueness_key("Agentic AI")


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_key_is_its_own_key_and_that_of_the_same_text_in_capitals(text: str) -> None:
    key = uniqueness_key(text)
    assert uniqueness_key(key) == key
    assert not any(is_invisible(character) for character in key if character != " ")


def test_a_domain_is_one_however_it_is_written() -> None:
    assert address_key("Amina@Exämple.COM") == address_key("amina@xn--exmple-cua.com") == "amina@xn--exmple-cua.com"
    assert address_key("amina@straße.example") == "amina@xn--strae-oqa.example"


@pytest.mark.parametrize("text", ["amina", "", "@", "a@", "a@ü..b", "@ü", "a@\u200bü", "é@b.example"])
def test_what_is_no_address_has_a_key_all_the_same(text: str) -> None:
    assert address_key(text) == address_key(text.upper()) != "" or text == ""
