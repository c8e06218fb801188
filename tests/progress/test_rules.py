"""The rules of progress and of feedback's summary, for any outline and any ratings."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum import Lesson, Module, Outline
from progress import rules

AT = datetime(2027, 1, 1, tzinfo=UTC)
LESSONS = [UUID(int=number) for number in range(12)]


def _outline(parts: list[list[UUID]]) -> Outline:
    return Outline(
        version=1,
        modules=tuple(
            Module(
                id=UUID(int=1_000 + number),
                title="Module",
                lessons=tuple(Lesson(id=lesson, title="Lesson", created_at=AT, updated_at=AT) for lesson in lessons),
                created_at=AT,
                updated_at=AT,
            )
            for number, lessons in enumerate(parts)
        ),
    )


@st.composite
def outlines(draw: Any) -> Outline:
    """Outlines of some of twelve lessons, each in one module."""
    homes = draw(st.just([-1] * len(LESSONS)) | st.lists(st.integers(-1, 3), min_size=12, max_size=12))
    return _outline([[lesson for lesson, home in zip(LESSONS, homes, strict=True) if home == n] for n in range(4)])


# Without the second, next to no outline of several lessons would be done.
done_sets = st.sets(st.sampled_from(LESSONS)) | st.just(set(LESSONS))


def completion(outline: Outline, done: set[UUID], **fields: Any) -> rules.Completion:
    defaults: dict[str, Any] = {"stated": 0, "completed": False, "current_module": None}
    return rules.completion(outline, done, **(defaults | fields))


def _lessons(outline: Outline) -> set[UUID]:
    return {lesson.id for module in outline.modules for lesson in module.lessons}


@given(outlines(), done_sets, st.integers(0, 100), st.booleans())
def test_a_percentage_is_of_the_present_lessons_and_a_hundred_means_all(
    outline: Outline, done: set[UUID], stated: int, completed: bool
) -> None:
    state, present = completion(outline, done, stated=stated, completed=completed), _lessons(outline)
    assert set(state.lessons_done) == done & present
    assert 0 <= state.percentage <= 100
    if present:
        assert (state.percentage == 100) == (present <= done)
        exact = Decimal(100 * len(done & present)) / len(present)
        assert abs(state.percentage - exact) <= (Decimal("0.5") if present <= done or exact < 99 else 1)
        assert state.completed == (completed or present <= done)
    else:
        assert (state.percentage, state.completed) == (stated, completed)


@given(outlines(), done_sets, st.sampled_from(LESSONS))
def test_doing_a_lesson_never_lowers_a_percentage_and_a_new_lesson_never_raises_it(
    outline: Outline, done: set[UUID], lesson: UUID
) -> None:
    before = completion(outline, done).percentage
    if _lessons(outline):
        assert completion(outline, done | {lesson}).percentage >= before
        larger = _outline([[*_lessons(outline), uuid4()]])
        assert completion(larger, done).percentage <= before


@given(outlines(), done_sets)
def test_lessons_that_are_gone_count_for_nothing(outline: Outline, done: set[UUID]) -> None:
    assert completion(outline, done) == completion(outline, done & _lessons(outline))


@pytest.mark.parametrize(
    ("done", "present", "percentage"),
    [(0, 3, 0), (1, 3, 33), (2, 3, 67), (3, 3, 100), (1, 8, 13), (199, 200, 99), (299, 300, 99), (1, 300, 0)],
)
def test_percentages_are_half_up_and_never_a_hundred_early(done: int, present: int, percentage: int) -> None:
    assert rules.percentage(done, present) == percentage


def test_a_module_that_is_gone_is_not_current() -> None:
    outline = _outline([[LESSONS[0]], [LESSONS[1]]])
    for module in outline.modules:
        assert completion(outline, set(), current_module=module.id).current_module == module.id
    assert completion(outline, set(), current_module=uuid4()).current_module is None


def test_a_module_and_a_lesson_are_known_as_long_as_students_see_them() -> None:
    outline = _outline([[LESSONS[0]], [LESSONS[1], LESSONS[2]]])
    first, second = outline.modules
    for known in (None, first.id, second.id):
        rules.require_module(outline, known)
    with pytest.raises(rules.UnknownModule):
        rules.require_module(outline, uuid4())
    assert [rules.module_of(outline, lesson) for lesson in LESSONS[:4]] == [first.id, second.id, second.id, None]


def test_one_student_and_course_have_one_id() -> None:
    one, other = uuid4(), uuid4()
    assert rules.progress_id(one, other) == rules.progress_id(one, other) != rules.progress_id(other, one)


@given(st.lists(st.integers(1, 5), max_size=200))
def test_a_summary_is_that_of_the_single_ratings(ratings: list[int]) -> None:
    summary = rules.summary([ratings.count(rating) for rating in rules.RATINGS])
    assert (summary.count, sum(summary.histogram.values())) == (len(ratings), len(ratings))
    if not ratings:
        assert summary.average is None
    else:
        assert summary.average == (Decimal(sum(ratings)) / len(ratings)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert min(ratings) <= summary.average <= max(ratings)
