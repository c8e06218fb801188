"""Grading, deadlines, release and one student's standing: pure, exact."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam.rules import deadlines
from exam.rules import release as release_rules
from exam.rules.grading import MarksReasonMissing, TooManyMarks, grade, half_up, require_acceptable
from exam.rules.question_kinds import (
    KINDS,
    AcceptedText,
    Choice,
    Kind,
    MatchingKey,
    NumericKey,
    NumericRange,
    NumericRanges,
    Prompt,
    ShortKey,
)
from exam.rules.questions import Question, QuestionSet, read_answer, require_valid, shuffled
from exam.rules.settings import Accommodation, ExamSettings
from exam.rules.standing import Attempt, Standing
from lms.errors import Conflict, Invalid

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
IDS = ("a", "b", "c", "d", "e")
PAIRS = MatchingKey(pairs={"p": "a", "q": "b"})


def _accepted(*texts: tuple[str, str]) -> tuple[AcceptedText, ...]:
    return tuple(AcceptedText(text=text, credit=Decimal(credit)) for text, credit in texts)


def _ranges(*ranges: tuple[int, int, str]) -> tuple[NumericRange, ...]:
    return tuple(NumericRange(minimum=low, maximum=high, credit=Decimal(credit)) for low, high, credit in ranges)


SHORT = ShortKey(accepted=_accepted(("Lahore", "100"), ("L*", "50")))
RANGES = NumericRanges(ranges=_ranges((1, 2, "100"), (2, 3, "40")))


def question(kind: Any, key: Any, points: str = "1", **fields: Any) -> Question:
    behavior = KINDS[kind]
    return Question(
        id=uuid4(),
        question_text="?",
        kind=kind,
        choices=tuple(Choice(id=name, text=name) for name in IDS) if behavior.has_choices else (),
        prompts=tuple(Prompt(id=name, text=name) for name in ("p", "q")) if behavior.has_prompts else (),
        correct_answer=key,
        points=Decimal(points),
        version=1,
        created_at=NOW,
        updated_at=NOW,
        **fields,
    )


def score(questions: list[Question], *answers: Any) -> Decimal | None:
    given = {one.id: answer for one, answer in zip(questions, answers, strict=False) if answer is not None}
    return grade(questions, given, {}).score


_POINTS = st.decimals(min_value="0.01", max_value=1000, places=2).map(str)
_CHOSEN = st.sets(st.sampled_from(IDS), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
_NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=6)
_QUESTIONS = st.one_of(
    st.builds(question, st.just("single"), st.sampled_from(IDS), _POINTS),
    st.builds(question, st.just("multiple"), _CHOSEN, _POINTS),
    st.builds(question, st.just("truefalse"), st.booleans(), _POINTS),
    st.builds(
        question,
        st.just("numeric"),
        st.builds(NumericKey, value=_NUMBERS, tolerance=st.decimals(min_value=0, max_value=10, places=3)),
        _POINTS,
    ),
)


def _any_answer(one: Question) -> st.SearchStrategy[Any]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "single": st.sampled_from(IDS),
        "multiple": _CHOSEN.map(list),
        "truefalse": st.booleans(),
        "numeric": st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.just(-(10**400)),
    }
    return st.none() | kinds[one.kind]


def _own_key(one: Question) -> Any:
    key = one.correct_answer
    if isinstance(key, NumericKey):
        return float(key.value)
    return list(key) if isinstance(key, tuple) else key


@given(st.data(), st.lists(_QUESTIONS, min_size=1, max_size=8))
def test_no_answers_ever_earn_more_than_the_points_or_less_than_nothing(data: Any, questions: list[Question]) -> None:
    answers = {one.id: answer for one in questions if (answer := data.draw(_any_answer(one))) is not None}
    result = grade(questions, answers, {})
    assert all(Decimal(0) <= (result.marks[one.id] or 0) <= one.points for one in questions)
    assert result.score is not None
    assert Decimal(0) <= result.score <= 100


@given(st.lists(_QUESTIONS, min_size=1, max_size=8))
def test_the_key_itself_earns_full_marks(questions: list[Question]) -> None:
    result = grade(questions, {one.id: _own_key(one) for one in questions}, {})
    assert result.score == 100
    assert result.marks == {one.id: one.points for one in questions}


@given(st.lists(_QUESTIONS, min_size=1, max_size=8))
def test_an_empty_attempt_earns_nothing(questions: list[Question]) -> None:
    assert grade(questions, {}, {}).score == 0


@given(st.sets(st.sampled_from(IDS), min_size=1), st.sets(st.sampled_from(IDS)))
def test_wrong_choices_take_away_as_much_as_right_ones_give(key: set[str], chosen: set[str]) -> None:
    one = question("multiple", tuple(sorted(key)), "7")
    right, wrong = len(chosen & key), len(chosen - key)
    expected = half_up(Fraction(100 * max(0, right - wrong), len(key)))
    assert score([one], sorted(chosen)) == expected


@given(st.fractions(min_value=0, max_value=100))
def test_percentages_have_two_places_rounded_half_up(value: Fraction) -> None:
    rounded = half_up(value)
    assert rounded.as_tuple().exponent == -2
    assert Fraction(-1, 200) < Fraction(rounded) - value <= Fraction(1, 200)


def test_the_score_is_made_of_exact_marks_and_not_of_rounded_ones() -> None:
    thirds = [question("multiple", ("a", "b", "c")) for _ in range(3)]
    result = grade(thirds, {one.id: ["a"] for one in thirds}, {})
    assert set(result.marks.values()) == {Decimal("0.33")}
    assert result.score == Decimal("33.33")
    assert grade(thirds, {one.id: ["a", "b"] for one in thirds}, {}).score == Decimal("66.67")


@pytest.mark.parametrize(
    ("answer", "expected"), [(0.1 + 0.2, 100), (0.31, 100), (0.29, 100), (0.3101, 0), (0.2899, 0), (-0.3, 0), (0, 0)]
)
def test_a_number_is_right_within_its_tolerance(answer: float, expected: int) -> None:
    one = question("numeric", NumericKey(value=Decimal("0.3"), tolerance=Decimal("0.01")))
    assert score([one], answer) == expected


def test_without_tolerance_a_number_is_compared_as_it_was_written() -> None:
    assert score([question("numeric", NumericKey(value=Decimal("0.1")))], 0.1) == 100


def test_a_text_waits_for_its_marks_and_so_does_the_score() -> None:
    text, single = question("text", None, "3"), question("single", "a")
    waiting = grade([text, single], {text.id: "x", single.id: "a"}, {})
    assert (waiting.marks, waiting.score) == ({text.id: None, single.id: Decimal(1)}, None)
    assert grade([text, single], {single.id: "a"}, {text.id: Decimal("1.5")}).score == Decimal("62.5")


def test_what_a_teacher_gave_stands_before_the_key_and_full_credit_before_both() -> None:
    one = question("single", "a", "4")
    assert grade([one], {one.id: "b"}, {one.id: Decimal(3)}).score == 75
    void = one.model_copy(update={"full_credit": True})
    assert grade([void], {}, {one.id: Decimal(3)}).score == 100


def test_the_best_attempt_counts_the_first_of_equals_and_none_that_waits() -> None:
    attempts = [make_attempt(score=points) for points in (None, Decimal(50), Decimal(50))]
    assert make_standing(attempts=tuple(attempts)).best == attempts[1]
    assert make_standing(attempts=tuple(attempts[:1])).best is None


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("single", None),
        ("single", "z"),
        ("single", ("a",)),
        ("single", True),
        ("multiple", None),
        ("multiple", ()),
        ("multiple", "a"),
        ("multiple", ("a", "z")),
        ("multiple", ("a", "a")),
        ("truefalse", None),
        ("truefalse", "true"),
        ("numeric", None),
        ("numeric", "3"),
        ("short", None),
        ("short", "a"),
        ("matching", ("a", "b")),
        ("matching", MatchingKey(pairs={"p": "a"})),
        ("matching", MatchingKey(pairs={"p": "a", "q": "z"})),
        ("ordering", "abcde"),
        ("ordering", ("a", "b", "c", "d")),
        ("ordering", ("a", "b", "c", "d", "d")),
        ("text", "a"),
        ("text", False),
    ],
)
def test_a_key_that_does_not_fit_its_question_is_refused(kind: str, key: Any) -> None:
    with pytest.raises(Invalid) as refused:
        require_valid(question(kind, key))
    assert refused.value.errors is not None
    assert refused.value.errors[0]["loc"] == ["body", "correctAnswer"]


@pytest.mark.parametrize(
    ("kind", "key", "given"),
    [
        ("single", "a", "z"),
        ("single", "a", ["a"]),
        ("multiple", ("a",), "a"),
        ("multiple", ("a",), ["a", "a"]),
        ("multiple", ("a",), [1]),
        ("multiple", ("a",), [[]]),
        ("truefalse", True, "true"),
        ("truefalse", True, 1),
        ("numeric", NumericKey(value=Decimal(1)), True),
        ("numeric", NumericKey(value=Decimal(1)), "1"),
        ("numeric", NumericKey(value=Decimal(1)), float("nan")),
        ("numeric", NumericKey(value=Decimal(1)), float("inf")),
        ("numeric", NumericKey(value=Decimal(1)), 10**16),
        ("numeric", NumericKey(value=Decimal(1)), 10**400),
        ("short", SHORT, 5),
        ("matching", PAIRS, ["a"]),
        ("matching", PAIRS, {"z": "a"}),
        ("matching", PAIRS, {"p": "z"}),
        ("matching", PAIRS, {"p": 1}),
        ("ordering", IDS, "abcde"),
        ("ordering", IDS, ["a", "b", "c", "d"]),
        ("ordering", IDS, ["a", "b", "c", "d", "d"]),
        ("text", None, 5),
        ("text", None, "x" * 10_001),
        ("text", None, "\ud800"),
        ("text", None, {"a": 1}),
    ],
)
def test_what_is_not_an_answer_to_its_question_is_refused(kind: str, key: Any, given: Any) -> None:
    one = question(kind, key)
    assert one.behavior.read_answer(given) is None
    with pytest.raises(Invalid):
        read_answer(uuid4(), one, given)


@pytest.mark.parametrize(
    ("kind", "key", "given", "stored"),
    [
        ("single", "a", "b", "b"),
        ("multiple", ("a",), ["c", "b"], ["b", "c"]),
        ("truefalse", True, False, False),
        ("numeric", NumericKey(value=Decimal(1)), 0, 0),
        ("numeric", NumericKey(value=Decimal(1)), -2.5, -2.5),
        ("short", SHORT, "Karachi", "Karachi"),
        ("matching", PAIRS, {"q": "a"}, {"q": "a"}),
        ("ordering", IDS, ["b", "a", "c", "e", "d"], ["b", "a", "c", "e", "d"]),
        ("text", None, "Because.", "Because."),
    ],
)
def test_an_answer_is_kept_as_it_was_given_and_choices_in_their_order(
    kind: str, key: Any, given: Any, stored: Any
) -> None:
    assert question(kind, key).behavior.read_answer(given) == stored


@pytest.mark.parametrize(
    ("kind", "key", "answer", "expected"),
    [
        ("matching", PAIRS, {"p": "a", "q": "b"}, "100"),
        ("matching", PAIRS, {"q": "b"}, "50"),
        ("matching", PAIRS, {"p": "b", "q": "a"}, "0"),
        ("ordering", IDS, ["a", "b", "c", "d", "e"], "100"),
        ("ordering", IDS, ["b", "a", "c", "d", "e"], "60"),
        ("short", SHORT, " lahore ", "100"),
        ("short", SHORT, "Lahor", "50"),
        ("short", SHORT, "Karachi", "0"),
        ("numeric", RANGES, 2, "100"),
        ("numeric", RANGES, 3, "40"),
        ("numeric", RANGES, 3.01, "0"),
    ],
)
def test_an_answer_that_is_partly_right_earns_its_part(kind: str, key: Any, answer: Any, expected: str) -> None:
    one = question(kind, key)
    require_valid(one)
    assert score([one], answer) == Decimal(expected)
    whole = one.model_copy(update={"partial_credit": False})
    assert score([whole], answer) == (100 if expected == "100" else 0)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("short", ShortKey(accepted=_accepted(("Lahore", "99")))),
        ("numeric", NumericRanges(ranges=_ranges((1, 2, "99")))),
        ("numeric", NumericRanges(ranges=_ranges((2, 1, "100")))),
    ],
)
def test_some_answer_earns_all_points(kind: str, key: Any) -> None:
    with pytest.raises(Invalid):
        require_valid(question(kind, key))


def weighted(kind: str, key: Any, *weights: str) -> Question:
    """A question whose first choices earn so many percent of the points."""
    choices = tuple(Choice(id=name, text=name, weight=Decimal(of)) for name, of in zip(IDS, weights, strict=False))
    return question(kind, key).model_copy(update={"choices": choices})


@pytest.mark.parametrize(
    ("one", "chosen", "expected"),
    [
        (weighted("single", "a", "100", "50", "-25"), "a", "100"),
        (weighted("single", "a", "100", "50", "-25"), "b", "50"),
        (weighted("single", "a", "100", "50", "-25"), "c", "0"),
        (weighted("multiple", ("a", "b"), "75", "25", "-50"), ["a"], "75"),
        (weighted("multiple", ("a", "b"), "75", "25", "-50"), ["a", "c"], "25"),
        (weighted("multiple", ("a", "b", "c"), "33.33333", "33.33333", "33.33333", "0"), ["a", "b", "c"], "100"),
        (weighted("multiple", ("a", "b"), "100", "100", "0"), ["a"], "100"),
        (weighted("multiple", ("a", "b"), "100", "100", "0"), ["a", "b"], "100"),
        (weighted("multiple", ("a", "b"), "99.5", "0.5", "0"), ["b"], "0.50"),
    ],
)
def test_a_choice_with_a_weight_earns_it(one: Question, chosen: Any, expected: str) -> None:
    require_valid(one)
    assert score([one], chosen) == Decimal(expected)


@pytest.mark.parametrize(
    "one",
    [
        weighted("single", "b", "100", "50", "0"),
        weighted("multiple", ("a",), "50", "50", "0"),
        weighted("multiple", ("a", "b", "c"), "50", "50", "0"),
        weighted("multiple", ("a", "b"), "50", "40", "0"),
    ],
)
def test_the_key_is_what_earns_all_points_by_the_weights(one: Question) -> None:
    with pytest.raises(Invalid):
        require_valid(one)


def test_marks_are_within_the_points_and_those_that_replace_others_have_a_reason() -> None:
    text, single = question("text", None, "2"), question("single", "a", "2")
    asked, most, less = QuestionSet(1, (text, single)), Decimal(2), Decimal(1)
    require_acceptable({text.id: most}, {}, asked, with_reason=False)
    require_acceptable({text.id: less}, {text.id: less}, asked, with_reason=False)
    for marks, before in (
        ({text.id: most}, {text.id: less}),
        ({single.id: most}, {}),
        ({single.id: less}, {single.id: less}),
    ):
        require_acceptable(marks, before, asked, with_reason=True)
        with pytest.raises(MarksReasonMissing):
            require_acceptable(marks, before, asked, with_reason=False)
    with pytest.raises(TooManyMarks):
        require_acceptable({text.id: Decimal("2.01")}, {}, asked, with_reason=True)


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_an_answer_can_be_taken_back(nothing: Any) -> None:
    assert read_answer(uuid4(), question("single", "a"), nothing) is None


@given(st.integers(min_value=1, max_value=30))
def test_shuffling_keeps_every_question_and_gives_an_attempt_one_order(number: int) -> None:
    questions = [question("truefalse", True) for _ in range(number)]
    attempt_id = uuid4()
    order = shuffled(attempt_id, questions)
    assert order == shuffled(attempt_id, questions[::-1])
    assert {one.id for one in order} == {one.id for one in questions}


def test_every_kind_of_question_has_its_class() -> None:
    assert set(KINDS) == set(get_args(Kind))


def make_settings(**fields: Any) -> ExamSettings:
    base: dict[str, Any] = {
        "exam_id": uuid4(),
        "course_id": uuid4(),
        "title": "Final",
        "published": True,
        "paper": False,
        "shuffle": False,
        "opens_at": NOW,
        "closes_at": NOW + timedelta(hours=2),
        "closes_by_default": False,
        "last_closing": NOW + timedelta(hours=2),
        "duration": timedelta(hours=1),
        "attempts_allowed": 1,
        "pass_mark": Decimal(50),
        "weight": Decimal(1),
        "release": "onClose",
        "questions": 1,
        "question_set": 1,
    }
    return ExamSettings(**{**base, **fields})


def make_attempt(**fields: Any) -> Attempt:
    return Attempt(**{"id": uuid4(), "number": 1, "started_at": NOW, **fields})


def make_standing(settings: ExamSettings | None = None, **fields: Any) -> Standing:
    return Standing(settings=settings or make_settings(), student_id=uuid4(), created_at=NOW, updated_at=NOW, **fields)


def code_of(refusal: Conflict | None) -> str | None:
    return refusal and refusal.code


@pytest.mark.parametrize(
    ("started", "granted", "expected"),
    [
        (0, Accommodation(), 60),
        (90, Accommodation(), 120),
        (0, Accommodation(extra_minutes=30), 90),
        (90, Accommodation(extra_minutes=30), 150),
        (90, Accommodation(closes_at=NOW + timedelta(minutes=180)), 150),
        (90, Accommodation(closes_at=NOW + timedelta(minutes=100)), 120),
    ],
)
def test_a_deadline_is_the_duration_or_the_students_own_closing(
    started: int, granted: Accommodation, expected: int
) -> None:
    attempt = make_attempt(started_at=NOW + timedelta(minutes=started))
    deadline = make_standing(accommodation=granted).deadline(attempt)
    assert deadline == NOW + timedelta(minutes=expected)


@pytest.mark.parametrize(
    ("minutes", "attempts", "granted", "refusal"),
    [
        (-1, 0, Accommodation(), "not-open"),
        (0, 0, Accommodation(), None),
        (119, 0, Accommodation(), None),
        (120, 0, Accommodation(), "closed"),
        (120, 0, Accommodation(extra_minutes=1), None),
        (0, 1, Accommodation(), "attempts"),
        (0, 1, Accommodation(extra_attempts=1), None),
    ],
)
def test_an_attempt_begins_between_opening_and_closing_while_one_is_left(
    minutes: int, attempts: int, granted: Accommodation, refusal: str | None
) -> None:
    standing = make_standing(accommodation=granted, attempts=(make_attempt(progress="graded"),) * attempts)
    assert code_of(standing.why_not_begin(NOW + timedelta(minutes=minutes))) == refusal


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [("onClose", "nothing", "everything"), ("onSubmit", "score", "everything"), ("manual", "nothing", "nothing")],
)
def test_results_are_out_once_the_last_student_cannot_answer_any_more(release: Any, before: str, after: str) -> None:
    exam = make_settings(release=release, last_closing=NOW + timedelta(hours=3))
    assert release_rules.shown(exam, NOW + timedelta(minutes=179), may_answer=False) == before
    assert release_rules.shown(exam, NOW + timedelta(hours=3), may_answer=False) == after


@pytest.mark.parametrize("release", ["onSubmit", "onClose", "manual"])
def test_nothing_is_shown_of_an_exam_that_is_not_published(release: Any) -> None:
    exam = make_settings(release=release, published=False)
    assert release_rules.shown(exam, NOW + timedelta(days=9), may_answer=False) == "nothing"


@pytest.mark.parametrize(
    ("settings", "after", "out"),
    [
        ({"release": "onSubmit"}, timedelta(hours=3), True),
        ({"release": "onSubmit"}, timedelta(hours=1), False),
        ({"release": "onSubmit", "published": False}, timedelta(hours=3), False),
        ({"release": "manual"}, timedelta(hours=3), False),
        ({"release": "manual", "released_at": NOW}, timedelta(hours=1), True),
    ],
)
def test_keys_are_out_once_any_student_may_have_seen_them(settings: Any, after: timedelta, out: bool) -> None:
    exam = make_settings(**settings)
    assert release_rules.keys_are_out(exam, NOW + after) is out
    with pytest.raises(release_rules.KeysAreOut) if out else nullcontext():
        release_rules.require_keys_hidden(exam, NOW + after)


def test_a_student_with_a_running_attempt_sees_no_key_even_after_the_release() -> None:
    exam = make_settings(release="manual", closed_at=NOW, released_at=NOW)
    standing = make_standing(exam, attempts=(make_attempt(),))
    assert standing.shown(NOW + timedelta(minutes=59)) == "nothing"
    assert standing.shown(NOW + timedelta(minutes=60)) == "everything"


def test_closing_an_exam_before_its_time_ends_beginnings_and_leaves_deadlines() -> None:
    granted, closed_at = Accommodation(closes_at=NOW + timedelta(hours=5)), NOW + timedelta(minutes=30)
    exam = make_settings(release="manual", closed_at=closed_at)
    standing = make_standing(exam, accommodation=granted)
    assert standing.why_not_begin(closed_at - timedelta(seconds=1)) is None
    assert code_of(standing.why_not_begin(closed_at)) == "closed"
    assert standing.deadline(make_attempt()) == NOW + timedelta(hours=1)
    assert deadlines.next_closing(exam, closed_at) is None
    assert deadlines.is_closing(exam)
    assert not deadlines.is_closing(make_settings(release="manual"))
    assert not deadlines.is_closing(make_settings(release="manual", closed_at=closed_at, released_at=closed_at))


def test_an_exam_has_closed_for_the_last_student_once_no_reopened_attempt_goes_on() -> None:
    exam, reopened_until = make_settings(), NOW + timedelta(days=2)
    granted = [Accommodation(), Accommodation(reopened_until=reopened_until), Accommodation(extra_minutes=5)]
    assert deadlines.last_closing(exam, granted) == reopened_until


_MINUTES = st.integers(min_value=0, max_value=400)


@given(
    release=st.sampled_from(["onClose", "onSubmit", "manual"]),
    by_hand=st.none() | _MINUTES,
    granted=st.builds(
        Accommodation,
        extra_minutes=_MINUTES,
        closes_at=st.none() | _MINUTES.map(lambda minutes: NOW + timedelta(minutes=minutes)),
        extra_attempts=st.integers(min_value=0, max_value=2),
    ),
    attempts=st.integers(min_value=0, max_value=3),
    minutes=_MINUTES,
)
def test_nobody_begins_once_keys_are_out(
    release: Any, by_hand: int | None, granted: Accommodation, attempts: int, minutes: int
) -> None:
    released_at = NOW + timedelta(minutes=by_hand) if by_hand is not None and release == "manual" else None
    exam = make_settings(release=release, released_at=released_at)
    exam = replace(exam, last_closing=deadlines.last_closing(exam, [granted]))
    now = NOW + timedelta(minutes=minutes)
    if release_rules.keys_are_out(exam, now):
        made = (make_attempt(progress="graded"),) * attempts
        assert make_standing(exam, accommodation=granted, attempts=made).why_not_begin(now) is not None


def test_a_standing_announces_what_its_student_may_see_once_and_again_when_it_changes() -> None:
    standing = make_standing(make_settings(paper=True, release="manual", released_at=NOW), version=4)
    standing.record(Decimal(50))
    assert standing.conclude(NOW)
    assert (standing.published, standing.status, standing.event_version) == (True, "passed", 5)
    stored = replace(standing, version=5)
    assert not stored.conclude(NOW)
    assert not stored.has_changed
    stored.record(Decimal(49))
    assert stored.conclude(NOW)
    assert (stored.status, stored.event_version) == ("failed", 6)


def test_a_standing_announces_nothing_before_its_release() -> None:
    standing = make_standing(make_settings(release="manual"), attempts=(make_attempt(score=100, progress="graded"),))
    assert not standing.conclude(NOW)
    assert (standing.published, standing.status, standing.score) == (False, "passed", 100)


def test_a_result_that_is_no_longer_is_withdrawn_once() -> None:
    late = make_settings(closed_at=NOW)
    standing = make_standing(late, status="missed", score=Decimal(0), published=True, version=2, event_version=2)
    standing.grant(Accommodation(), NOW - timedelta(seconds=1))
    assert standing.conclude(NOW)
    assert (standing.published, standing.result, standing.event_version) == (False, (None, None), 3)
    assert not replace(standing, version=3).conclude(NOW)


def test_of_a_students_attempts_one_runs_and_those_without_marks_wait() -> None:
    graded = make_attempt(progress="graded", score=Decimal(50), question_set=0)
    pending, erased = make_attempt(progress="pending"), make_attempt(progress="pending", erased=True)
    running = make_attempt(number=4)
    assert make_standing(attempts=(graded, pending, erased, running)).running == running
    assert make_standing(attempts=(graded, pending)).running is None
    assert make_standing(attempts=(graded, pending, erased, running)).waiting == (pending.id,)


@pytest.mark.parametrize(
    ("minutes", "attempts", "may_begin", "state"),
    [
        (-1, (), True, "upcoming"),
        (0, (), True, "open"),
        (0, (), False, "over"),
        (59, (make_attempt(),), False, "open"),
        (60, (make_attempt(),), False, "over"),
        (120, (), True, "over"),
    ],
)
def test_an_exam_is_open_to_who_may_begin_it_or_still_answers(
    minutes: int, attempts: Any, may_begin: bool, state: str
) -> None:
    standing = make_standing(attempts=attempts)
    assert standing.state(NOW + timedelta(minutes=minutes), may_begin=may_begin) == state


def test_starts_are_blocked_once_in_an_exam_that_was_closed_early() -> None:
    closed = make_settings(release="manual", closed_at=NOW)
    assert make_standing(closed).must_block_starts
    assert not make_standing(closed, starts_blocked=True).must_block_starts
    assert not make_standing(closed, attempts=(make_attempt(progress="graded"),)).must_block_starts
    assert not make_standing(make_settings(release="manual")).must_block_starts


@pytest.mark.parametrize(
    ("settings", "fields", "is_up_to_date"),
    [
        ({}, {}, False),
        ({}, {"status": "passed", "score": Decimal(50), "published": True}, True),
        ({}, {"status": "passed", "score": Decimal(50)}, False),
        ({"release": "manual"}, {"status": "passed", "score": Decimal(50)}, True),
        ({"release": "manual", "released_at": NOW}, {"status": "passed", "score": Decimal(50)}, False),
        ({}, {"status": "pending"}, True),
        ({}, {"status": "pending", "due_at": NOW}, False),
        ({}, {"attempts": (make_attempt(progress="graded", question_set=1),)}, True),
        ({}, {"attempts": (make_attempt(progress="graded", question_set=0),)}, False),
    ],
)
def test_a_standing_is_up_to_date_when_all_that_may_be_seen_is_published(
    settings: Any, fields: Any, is_up_to_date: bool
) -> None:
    standing = make_standing(make_settings(**settings), **fields)
    assert standing.is_up_to_date(NOW + timedelta(hours=3)) is is_up_to_date
