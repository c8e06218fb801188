"""However events come, a card ends as the final facts make it: through the consumer, one at a time and at once."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.errors import Unavailable
from tests.at_once import Meanwhile, at_once
from tests.student.conftest import School

EXAMS = [UUID(int=number) for number in range(3)]
DAYS = ["2026-09-07", "2026-09-08"]
EventOf = Callable[[School, UUID], Any]


def _result(exam: UUID, version: int, school: School, student: UUID) -> Any:
    score = str((37 * version + 11 * exam.int) % 101)
    return school.result(score, exam_id=exam, version=version, student_id=student, released=version % 4 != 3)


def _exam(exam: UUID, version: int, school: School, _: UUID) -> Any:
    return school.exam(exam, str(version * exam.int), version=version)


def _session(day: str, version: int, school: School, student: UUID) -> Any:
    status = ("present", "absent", "late", None)[version % 4]
    others = {UUID(int=1_000 + version): "present"}
    return school.session(others | ({student: status} if status else {}), day=day, version=version)


def _progress(_: None, version: int, school: School, student: UUID) -> Any:
    return school.progress(13 * version % 101, version=version, student_id=student)


_ENTITIES: list[tuple[Any, Any]] = [
    *((_result, exam) for exam in EXAMS),
    *((_exam, exam) for exam in EXAMS),
    *((_session, day) for day in DAYS),
    (_progress, None),
]


@st.composite
def _histories(draw: st.DrawFn) -> tuple[list[EventOf], list[EventOf]]:
    """Deliveries in any order, each at least once, and of each entity the last alone."""
    entities = draw(st.lists(st.sampled_from(_ENTITIES), min_size=1, max_size=6, unique=True))
    every, last = [], []
    for kind, of in entities:
        versions = range(1, draw(st.integers(1, 4)) + 1)
        every += [partial(kind, of, version) for version in versions]
        last.append(partial(kind, of, versions[-1]))
    again = draw(st.lists(st.sampled_from(every), max_size=6))
    return draw(st.permutations([*every, *again])), last


def _computed(card: Any) -> Any:
    """What a card shows, without whose it is and how often it was written."""
    kept = ("grade", "completion_percentage", "attendance", "metadata")
    return {name: card[name] for name in kept}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=_histories(), cuts=st.lists(st.integers(0, 30), max_size=3))
def test_any_interleaving_gives_the_card_of_the_final_facts(
    school: School, history: tuple[list[EventOf], list[EventOf]], cuts: list[int]
) -> None:
    deliveries, last = history
    # In a course of its own each time, in batches that break anywhere.
    school.course = school.add_course()
    mixed, straight = uuid4(), uuid4()
    places = sorted({0, len(deliveries), *(cut for cut in cuts if cut < len(deliveries))})
    for begin, end in pairwise(places):
        school.consume(*(event(school, mixed) for event in deliveries[begin:end]))
    seen = _card_of(school, mixed)
    school.course = school.add_course()
    school.consume(*(event(school, straight) for event in last))
    assert seen == _card_of(school, straight)


def _card_of(school: School, student_id: UUID) -> Any:
    from lms import roster
    from lms.dynamo import transaction

    with transaction() as tx:
        roster.put_user(
            tx,
            student_id,
            role="student",
            status="active",
            name="S",
            email="s@example.com",
            email_confirmed=True,
            roll_no="S1",
            version=1,
        )
        roster.put_enrollment(tx, student_id, school.course, "active", version=1)
    answer = school.http.get(f"/students/{student_id}/reportCards", token=school.admin.token)
    (card,) = answer.json["items"]
    return _computed(card)


def test_events_of_different_topics_at_the_same_moment_are_all_kept(school: School, whole_calls: None) -> None:
    exams = [uuid4() for _ in range(3)]
    events = [
        *(school.result("80", exam_id=exam) for exam in exams),
        school.progress(70),
        *school.attended("present", "late"),
    ]
    at_once([partial(_consume_until_done, school, event) for event in events])
    card = school.card()
    assert (card["metadata"]["results"], card["completion_percentage"], card["metadata"]["sessions"]) == (3, 70, 2)


def _consume_until_done(school: School, event: Any) -> None:
    """As Lambda does: a batch that met a passing fault comes again."""
    while True:
        try:
            return school.consume(event)
        except Unavailable:
            continue


def test_a_result_that_comes_while_a_session_is_entered_is_kept(school: School, meanwhile: Meanwhile) -> None:
    school.consume(school.session({}, version=1))
    school.consume(school.session({school.student.id: "present"}, version=2))
    meanwhile(lambda: school.consume(school.result("88")))
    school.consume(school.session({school.student.id: "late"}, version=3))
    card = school.card()
    assert (card["grade"], card["metadata"]["attendance"]["late"]) == ("B", 1)


def test_a_result_that_comes_while_a_teacher_writes_is_kept(school: School, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: school.consume(school.result("88")))
    assert school.write(remarks="Good.").json["grade"] == "B"
    assert school.card()["remarks"] == "Good."
