"""Report cards: computed exactly, from events in any order."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.grades import DEFAULT_SCALE
from student import rules
from student.rules import CourseTeacher, Exam, Facts, Progress, Result, Session, UnknownLetter

SCORES = st.decimals(0, 100, places=2)
WEIGHTS = st.decimals(0, 10, places=2)
EXAMS = [UUID(int=number) for number in range(4)]


def _marks(*pairs: tuple[str, str]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(score), Decimal(weight)) for score, weight in pairs]


@pytest.mark.parametrize(
    ("marks", "percentage"),
    [
        ([], None),
        ([("70", "1")], "70.00"),
        ([("70", "1"), ("80", "1")], "75.00"),
        ([("70", "3"), ("80", "1")], "72.50"),
        ([("70", "0"), ("80", "1")], "80.00"),
        ([("70", "0"), ("80", "0")], "75.00"),
        ([("100", "1"), ("100", "1"), ("0", "1")], "66.67"),
        ([("0.01", "1"), ("0", "1")], "0.01"),
        ([("89.99", "1"), ("90", "1")], "90.00"),
        ([("0.1", "0.1"), ("0.2", "0.2")], "0.17"),
    ],
)
def test_a_grade_is_the_weighted_mean_half_up(marks: list[tuple[str, str]], percentage: str | None) -> None:
    assert rules.grade_percentage(_marks(*marks)) == (None if percentage is None else Decimal(percentage))


@given(st.lists(st.tuples(SCORES, WEIGHTS), min_size=1, max_size=8))
def test_a_grade_is_exact_whatever_the_weights(marks: list[tuple[Decimal, Decimal]]) -> None:
    grade = rules.grade_percentage(marks)
    assert grade is not None
    assert grade == grade.quantize(Decimal("0.01"), ROUND_HALF_UP)
    weights = [Fraction(weight) for _, weight in marks]
    if not any(weights):
        weights = [Fraction(1)] * len(marks)
    exact = sum(Fraction(score) * weight for (score, _), weight in zip(marks, weights, strict=True)) / sum(weights)
    assert Fraction(-1, 200) <= exact - Fraction(grade) < Fraction(1, 200)
    assert min(score for score, _ in marks) <= grade <= max(score for score, _ in marks)


@pytest.mark.parametrize(
    ("percentage", "letter"),
    [
        ("100.00", "A"),
        ("90.00", "A"),
        ("89.99", "B"),
        ("80.00", "B"),
        ("79.99", "C"),
        ("70.00", "C"),
        ("69.99", "D"),
        ("60.00", "D"),
        ("59.99", "F"),
        ("0.00", "F"),
    ],
)
def test_a_letter_begins_at_its_lowest_percentage(percentage: str, letter: str) -> None:
    assert rules.letter(Decimal(percentage), DEFAULT_SCALE) == letter


@pytest.mark.parametrize(
    ("present", "late", "absent", "excused", "percentage"),
    [
        (0, 0, 0, 0, None),
        (0, 0, 0, 3, None),
        (1, 0, 0, 0, 100),
        (0, 1, 0, 0, 100),
        (0, 0, 1, 0, 0),
        (1, 1, 1, 5, 67),
        (1, 0, 7, 0, 13),
        (1, 0, 2, 1, 33),
    ],
)
def test_attendance_counts_who_came_among_sessions_that_count(
    present: int, late: int, absent: int, excused: int, percentage: int | None
) -> None:
    counts: dict[rules.Attendance, int] = {"present": present, "late": late, "absent": absent, "excused": excused}
    assert rules.attendance_percentage(counts) == percentage


def test_an_exams_own_weight_stands_before_its_results() -> None:
    exam, other = EXAMS[:2]
    facts = _with_result(Facts(), exam, "60", version=1, weight="9")
    facts = _with_result(facts, other, "100", version=1, weight="1")
    assert rules.report(facts, {}, DEFAULT_SCALE).percentage == Decimal("64.00")
    assert rules.report(facts, {exam: Exam(weight=Decimal(1), version=1)}, DEFAULT_SCALE).percentage == Decimal("80.00")


def test_results_of_a_cancelled_exam_do_not_count() -> None:
    facts = _with_result(Facts(), EXAMS[0], "60", version=1)
    cancelled = {EXAMS[0]: Exam(weight=None, version=2)}
    assert rules.report(facts, cancelled, DEFAULT_SCALE).percentage is None
    assert rules.report(facts, cancelled, DEFAULT_SCALE).results == 0
    assert cancelled[EXAMS[0]].cancelled
    assert not Exam(weight=Decimal(0), version=1).cancelled


def _with_result(
    facts: Facts, exam: UUID, score: str, *, version: int, weight: str = "1", released: bool = True
) -> Facts:
    result = Result(score=Decimal(score), weight=Decimal(weight), released=released, version=version)
    return rules.with_result(facts, exam, result)


def test_a_result_that_was_taken_back_does_not_count() -> None:
    facts = _with_result(Facts(), EXAMS[0], "60", version=1)
    facts = _with_result(facts, EXAMS[0], "60", version=2, released=False)
    assert rules.report(facts, {}, DEFAULT_SCALE).letter is None
    facts = _with_result(facts, EXAMS[0], "70", version=3)
    assert rules.report(facts, {}, DEFAULT_SCALE).letter == "C"


Delivery = tuple[str, UUID | date, int]


@st.composite
def _deliveries(draw: st.DrawFn) -> list[Delivery]:
    """Every version of some entities at least once, in any order, some again and again."""
    entities = draw(
        st.lists(
            st.tuples(st.just("result"), st.sampled_from(EXAMS))
            | st.tuples(st.just("exam"), st.sampled_from(EXAMS))
            | st.tuples(st.just("session"), st.integers(0, 3).map(lambda day: date(2026, 9, 7) + timedelta(day)))
            | st.tuples(st.just("progress"), st.just(EXAMS[0])),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    every = [(kind, of, version) for kind, of in entities for version in range(1, draw(st.integers(1, 4)) + 1)]
    again = draw(st.lists(st.sampled_from(every), max_size=10))
    return draw(st.permutations([*every, *again]))


@given(_deliveries())
def test_any_order_and_repetition_gives_the_final_facts_and_their_report(deliveries: list[Delivery]) -> None:
    final = {(kind, of): max(v for k, o, v in deliveries if (k, o) == (kind, of)) for kind, of, _ in deliveries}
    facts, exams = _apply(deliveries)
    known = {("result", of): result.version for of, result in facts.results.items()}
    known |= {("exam", of): exam.version for of, exam in exams.items()}
    known |= {("session", day): session.version for day, session in facts.sessions.items()}
    known |= {("progress", EXAMS[0]): facts.progress.version} if facts.progress.version else {}
    assert known == final
    straight = _apply([(kind, of, version) for (kind, of), version in final.items()])
    assert rules.report(facts, exams, DEFAULT_SCALE) == rules.report(*straight, DEFAULT_SCALE)
    assert facts.progress == straight[0].progress


def test_a_version_that_is_known_changes_nothing() -> None:
    day = date(2026, 9, 7)
    facts = rules.with_progress(
        rules.with_session(Facts(), day, Session("late", 2)), Progress(percentage=50, version=2)
    )
    facts = _with_result(facts, EXAMS[0], "70", version=2)
    for version in (1, 2):
        assert rules.with_session(facts, day, Session("absent", version)) is facts
        assert rules.with_progress(facts, Progress(percentage=75, version=version)) is facts
        assert _with_result(facts, EXAMS[0], "80", version=version) is facts


def test_a_report_counts_the_sessions_that_a_student_was_on_the_list_of() -> None:
    facts = Facts()
    for number, status in enumerate(("present", "present", "late", "absent", "excused", None)):
        facts = rules.with_session(facts, date(2026, 9, 7) + timedelta(number), Session(status, 1))
    report = rules.report(facts, {}, DEFAULT_SCALE)
    assert dict(report.sessions) == {"present": 2, "late": 1, "absent": 1, "excused": 1}
    assert report.attendance == 75


def test_of_one_version_the_fuller_exam_and_teacher_count_and_older_ones_never() -> None:
    of, exam, teacher = EXAMS[0], Exam(weight=Decimal(1), version=2), CourseTeacher(name=None, version=2)
    exams, teachers = rules.with_exam({}, of, exam), rules.with_teacher({}, of, teacher)
    assert (exams, teachers) == ({of: exam}, {of: teacher})
    named, known = exam.model_copy(update={"title": "Final"}), teacher.model_copy(update={"name": "Ada"})
    assert rules.with_exam(exams, of, named) == {of: named}
    assert rules.with_teacher(teachers, of, known) == {of: known}
    for version in (1, 2):
        assert rules.with_exam(exams, of, exam.model_copy(update={"version": version})) is exams
        assert rules.with_teacher(teachers, of, teacher.model_copy(update={"version": version})) is teachers


def _apply(deliveries: list[Delivery]) -> tuple[Facts, rules.Exams]:
    facts, exams = Facts(), rules.Exams()
    for kind, of, version in deliveries:
        # What a version said is known from its number, so that it says the same each time.
        if kind == "result":
            assert isinstance(of, UUID)
            facts = _with_result(facts, of, str(17 * version + of.int), version=version, released=version % 3 != 0)
        elif kind == "exam":
            assert isinstance(of, UUID)
            weight = None if version == 4 else Decimal(version)
            exams = rules.with_exam(exams, of, Exam(weight=weight, version=version))
        elif kind == "session":
            assert isinstance(of, date)
            status = ("present", "late", "absent", None)[version - 1]
            facts = rules.with_session(facts, of, Session(status, version))
        else:
            facts = rules.with_progress(facts, Progress(percentage=25 * version, version=version))
    return facts, exams


def test_a_letter_that_the_scale_does_not_have_is_refused() -> None:
    for step in DEFAULT_SCALE:
        rules.require_letter(step.letter, DEFAULT_SCALE)
    with pytest.raises(UnknownLetter):
        rules.require_letter("E", DEFAULT_SCALE)


@pytest.mark.parametrize(
    ("day", "plausible"),
    [("1899-12-31", False), ("1900-01-01", True), ("2026-11-22", True), ("2026-11-23", False)],
)
def test_nobody_is_born_in_the_future_or_before_1900(day: str, plausible: bool) -> None:
    assert rules.is_plausible_birthday(date.fromisoformat(day), date(2026, 11, 22)) is plausible
