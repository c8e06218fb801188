"""What answers to questions of each kind earn: shares between nothing and everything, and the key earns all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.rules.question_kinds import (
    AcceptedText,
    Choice,
    MatchingKey,
    NumericKey,
    NumericRange,
    NumericRanges,
    Prompt,
    ShortKey,
)
from exam.rules.questions import Question, answer_as_shown, as_shown, read_answer, require_valid
from lms.errors import Invalid

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
IDS = ("a", "b", "c", "d", "e")
HALVES = st.sampled_from([Decimal(50), Decimal(100), Decimal("33.33333")])


def question(kind: Any, key: Any, weights: Mapping[str, Any] | None = None, **fields: Any) -> Question:
    """A question with five choices and three prompts, as far as its kind has them."""
    one = Question(
        id=uuid4(),
        question_text="?",
        kind=kind,
        choices=tuple(Choice(id=name, text=name, weight=weights and weights[name]) for name in IDS)
        if kind in ("single", "multiple", "matching", "ordering")
        else (),
        prompts=tuple(Prompt(id=name, text=name) for name in "xyz") if kind == "matching" else (),
        correct_answer=key,
        points=Decimal(1),
        salt=uuid4().hex,
        version=1,
        created_at=NOW,
        updated_at=NOW,
        **fields,
    )
    require_valid(one)
    return one


def share(one: Question, answer: Any) -> Fraction:
    assert one.behavior.read_answer(answer) is not None
    return one.behavior.share(one.correct_answer, answer)


def accepted(*texts: str, case_sensitive: bool = False) -> Question:
    return question("short", ShortKey(accepted=[{"text": text} for text in texts], case_sensitive=case_sensitive))


def _weighted(kind: str) -> st.SearchStrategy[Question]:
    weights = st.lists(st.decimals(-100, 100, places=3), min_size=5, max_size=5)

    def build(drawn: list[Decimal]) -> Question:
        given = dict(zip(IDS, [Decimal(100), *drawn[1:]], strict=True))
        key = "a" if kind == "single" else tuple(name for name, weight in given.items() if weight > 0)
        return question(kind, key, given)

    return weights.map(build)


_SUBSETS = st.sets(st.sampled_from(IDS), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
_PAIRS = st.fixed_dictionaries({name: st.sampled_from(IDS) for name in "xyz"})
_ORDERS = st.permutations(IDS).map(tuple)
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: text.split()
)
_NUMBERS = st.decimals(-(10**6), 10**6, places=3)
_RANGES = st.lists(st.tuples(_NUMBERS, st.decimals(0, 1000, places=2), HALVES), max_size=4)
_PARTIAL = st.booleans()
_QUESTIONS = st.one_of(
    st.builds(question, st.just("single"), st.sampled_from(IDS), partial_credit=_PARTIAL),
    st.builds(question, st.just("multiple"), _SUBSETS, partial_credit=_PARTIAL),
    _weighted("single"),
    _weighted("multiple"),
    st.builds(
        lambda ranges, at, **fields: question(
            "numeric",
            NumericRanges(
                ranges=[
                    NumericRange(minimum=at, maximum=at),
                    *(NumericRange(minimum=low, maximum=low + width, credit=credit) for low, width, credit in ranges),
                ]
            ),
            **fields,
        ),
        _RANGES,
        _NUMBERS,
        partial_credit=_PARTIAL,
    ),
    st.builds(
        lambda texts, whole, **fields: question(
            "short",
            ShortKey(accepted=[AcceptedText(text=whole), *(AcceptedText(text=t, credit=c) for t, c in texts)]),
            **fields,
        ),
        st.lists(st.tuples(_TEXTS, HALVES), max_size=4),
        _TEXTS,
        partial_credit=_PARTIAL,
    ),
    st.builds(lambda pairs, **f: question("matching", MatchingKey(pairs=pairs), **f), _PAIRS, partial_credit=_PARTIAL),
    st.builds(question, st.just("ordering"), _ORDERS, partial_credit=_PARTIAL),
)


def _key_as_answer(one: Question) -> Any:
    match one.correct_answer:
        case NumericRanges(ranges=ranges):
            return float(ranges[0].minimum)
        case ShortKey(accepted=texts):
            # Every wildcard stands for nothing here.
            return texts[0].text.replace("\\*", "\x00").replace("*", "").replace("\x00", "*").strip() or "anything"
        case MatchingKey(pairs=pairs):
            return pairs
        case tuple() as ids:
            return list(ids)
        case key:
            return key


def _any_answer(one: Question) -> st.SearchStrategy[Any]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "single": st.sampled_from(IDS),
        "multiple": _SUBSETS.map(list),
        "numeric": _NUMBERS.map(float),
        "short": _TEXTS,
        "matching": _PAIRS,
        "ordering": _ORDERS.map(list),
    }
    return kinds[one.kind]


@given(st.data(), _QUESTIONS)
def test_every_answer_earns_between_nothing_and_everything(data: Any, one: Question) -> None:
    assert 0 <= share(one, data.draw(_any_answer(one))) <= 1


@given(_QUESTIONS)
def test_the_key_earns_everything(one: Question) -> None:
    assert share(one, _key_as_answer(one)) == 1


@given(st.data(), _QUESTIONS)
def test_without_partial_credit_an_answer_earns_all_or_nothing_and_never_more_than_with_it(
    data: Any, one: Question
) -> None:
    answer = data.draw(_any_answer(one))
    strict = share(one.model_copy(update={"partial_credit": False}), answer)
    generous = share(one.model_copy(update={"partial_credit": True}), answer)
    assert strict == (1 if generous == 1 else 0)


@given(_weighted("multiple"), st.sets(st.sampled_from(IDS)))
def test_one_more_right_choice_never_costs_and_one_more_wrong_one_never_earns(one: Question, chosen: set[str]) -> None:
    weights = one.behavior.weights
    for more in set(IDS) - chosen:
        before = share(one, sorted(chosen)) if chosen else Fraction(0)
        after = share(one, sorted({*chosen, more}))
        assert after >= before if weights[more] > 0 else after <= before


@given(_PAIRS, _PAIRS)
def test_each_right_pair_earns_its_part(key: dict[str, str], answer: dict[str, str]) -> None:
    one = question("matching", MatchingKey(pairs=key))
    assert share(one, answer) == Fraction(sum(key[prompt] == answer[prompt] for prompt in key), 3)


def test_a_prompt_without_a_choice_earns_nothing_and_the_others_what_they_do() -> None:
    one = question("matching", MatchingKey(pairs={"x": "a", "y": "a", "z": "b"}))
    assert share(one, {"x": "a", "z": "b"}) == Fraction(2, 3)


@given(_ORDERS, _ORDERS)
def test_each_choice_in_its_right_place_earns_its_part(key: tuple[str, ...], answer: tuple[str, ...]) -> None:
    one = question("ordering", key)
    assert share(one, list(answer)) == Fraction(sum(a == b for a, b in zip(key, answer, strict=True)), 5)


def test_weights_are_what_choices_earn_and_cost() -> None:
    thirds = {"a": "33.33333", "b": "33.33333", "c": "33.33333", "d": "-50", "e": "0"}
    one = question("multiple", ("a", "b", "c"), thirds)
    assert share(one, ["a", "b", "c"]) == 1
    assert share(one, ["a"]) == Fraction(1, 3)
    assert share(one, ["a", "d"]) == 0
    assert share(one, ["a", "b", "e"]) == Fraction(2, 3)
    any_two = question("multiple", ("a", "b", "c"), {"a": 50, "b": 50, "c": 50, "d": 0, "e": 0})
    assert share(any_two, ["a", "c"]) == share(any_two, ["a", "b", "c"]) == 1
    half = question("single", "a", {"a": 100, "b": 50, "c": -20, "d": 0, "e": 100})
    assert [share(half, name) for name in IDS] == [1, Fraction(1, 2), 0, 0, 1]


@pytest.mark.parametrize(
    ("answer", "expected"), [(1, 50), (2, 100), (1.999, 50), (3, 100), (3.0001, 50), (4, 50), (4.1, 0), (0.9, 0)]
)
def test_a_number_earns_the_most_that_its_ranges_give(answer: float, expected: int) -> None:
    ranges = [NumericRange(minimum=1, maximum=4, credit=50), NumericRange(minimum=2, maximum=3)]
    assert share(question("numeric", NumericRanges(ranges=ranges)), answer) == Fraction(expected, 100)


@pytest.mark.parametrize(
    ("texts", "answer", "is_right"),
    [
        (["Ada Lovelace"], "  ada   LOVELACE ", True),
        (["Ada Lovelace"], "AdaLovelace", False),
        (["Straße"], "STRASSE", True),
        (["Caf\u00e9"], "cafe\u0301", True),
        (["İzmir"], "i\u0307zmir", True),
        (["Ada *"], "ada king", True),
        (["Ada *"], "ada", False),
        (["Ada*"], "ada", True),
        (["*love*"], "Ada Lovelace", True),
        (["a*b*c"], "axxbyyc", True),
        (["a*b*c"], "acb", False),
        (["ab*ba"], "aba", False),
        (["ab*ba"], "abba", True),
        (["a*ab*b"], "aabb", True),
        (["3 \\* 4"], "3 * 4", True),
        (["3 \\* 4"], "3 x 4", False),
        (["\\**"], "*anything", True),
        (["\\**"], "anything", False),
        (["a.c"], "abc", False),
        (["C:\\temp"], "c:\\temp", True),
        (["*"], "x", True),
        (["one", "two"], "TWO", True),
    ],
)
def test_a_text_is_right_if_it_is_an_accepted_one(texts: list[str], answer: str, is_right: bool) -> None:
    assert share(accepted(*texts), answer) == is_right


def test_case_counts_where_the_key_says_so() -> None:
    one = accepted("kB", case_sensitive=True)
    assert [share(one, text) for text in ("kB", " kB ", "KB", "kb")] == [1, 1, 0, 0]


def test_a_text_earns_the_most_that_the_accepted_ones_give() -> None:
    texts = [AcceptedText(text="*love*", credit=40), AcceptedText(text="Ada Lovelace")]
    one = question("short", ShortKey(accepted=texts))
    assert [share(one, text) for text in ("ada lovelace", "lovely", "Babbage")] == [1, Fraction(2, 5), 0]


def test_many_wildcards_are_no_trap() -> None:
    # Whoever tried every way to share the letters among them would not come back.
    assert share(accepted("*a" * 400 + "b"), "a" * 1000) == 0


@pytest.mark.parametrize(
    ("one", "given"),
    [
        (question("short", ShortKey(accepted=[{"text": "x"}])), 5),
        (question("short", ShortKey(accepted=[{"text": "x"}])), "x" * 1_001),
        (question("short", ShortKey(accepted=[{"text": "x"}])), ["x"]),
        (question("matching", MatchingKey(pairs=dict.fromkeys("xyz", "a"))), ["a"]),
        (question("matching", MatchingKey(pairs=dict.fromkeys("xyz", "a"))), {"w": "a"}),
        (question("matching", MatchingKey(pairs=dict.fromkeys("xyz", "a"))), {"x": "q"}),
        (question("matching", MatchingKey(pairs=dict.fromkeys("xyz", "a"))), {"x": ["a"]}),
        (question("ordering", IDS), list(IDS[:4])),
        (question("ordering", IDS), [*IDS, "a"]),
        (question("ordering", IDS), [*IDS[:4], "a"]),
        (question("ordering", IDS), [*IDS[:4], 5]),
        (question("ordering", IDS), "abcde"),
    ],
)
def test_what_is_not_an_answer_is_refused(one: Question, given: Any) -> None:
    with pytest.raises(Invalid):
        read_answer(uuid4(), one, given)


@given(_QUESTIONS.filter(lambda one: one.kind in ("matching", "ordering")))
def test_what_a_student_answers_with_the_ids_of_an_attempt_is_stored_with_the_questions_own(one: Question) -> None:
    attempt_id, answer = uuid4(), _key_as_answer(one)
    shown = answer_as_shown(attempt_id, one, answer)
    choices = as_shown(attempt_id, one).choices
    assert {choice.text for choice in choices} == set(IDS)
    assert not {choice.id for choice in choices} & set(IDS)
    assert read_answer(attempt_id, one, shown) == answer
    with pytest.raises(Invalid):
        read_answer(attempt_id, one, answer)


def test_a_value_with_its_tolerance_is_still_a_key() -> None:
    one = question("numeric", NumericKey(value=3, tolerance="0.5"))
    assert [share(one, number) for number in (2.5, 3.5, 3.51)] == [1, 1, 0]
