"""Erased students: their answers go, and what was written about them; their scores stay."""

from collections.abc import Callable

import pytest

from exam.tables import StoredAnswers
from lms.events.exams import ResultRecorded
from lms.events.users import UserErased
from tests.at_once import Meanwhile
from tests.clients import Answer, kafka_event
from tests.conftest import DeadLetters, Outbox
from tests.exam.conftest import NUMERIC, SINGLE, TEXT, ExamService, stored_standings
from tests.people import remove_card

WORDS = "I, Amina, once lived in Karachi"


def erase(exam: ExamService) -> None:
    """What auth does, and what exam does when it hears of it."""
    from exam import consumer
    from exam.service import question_sets

    remove_card(exam.student)
    # The consumer works beside the API, and has read nothing of what that has.
    question_sets._read.cache_clear()
    consumer.handler(kafka_event(UserErased(user_id=exam.student.id, version=9)), None)


def stored() -> str:
    return repr([row.attribute_values for row in (*StoredAnswers.scan(), *stored_standings())])


def test_answers_and_reasons_go_and_scores_stay(exam: ExamService, dead_letters: DeadLetters) -> None:
    published = exam.publish(SINGLE, TEXT)
    attempt = exam.sit(published, {0: "a", 1: WORDS})
    _, text = (question["id"] for question in exam.questions(published["id"]))
    exam.mark(attempt, {text: 1})
    exam.mark(attempt, {text: 2}, reason=f"Amina wrote: {WORDS}")
    exam.grant(published["id"], extraMinutes=37)
    assert WORDS in stored()
    erase(exam)
    assert "Amina" not in stored()
    assert "37" not in str([stored.extra_minutes for stored in stored_standings()])
    assert exam.score(published["id"]) == ("passed", 66.67)
    seen = exam.show(attempt, exam.teacher).json
    assert (seen["answers"], seen["score"], seen["marks"][text]) == ({}, 66.67, 2)
    assert dead_letters.all() == []


def test_an_attempt_under_way_is_graded_as_it_is_and_takes_no_more_answers(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish(SINGLE, release="onSubmit")
    attempt = exam.started(published["id"])
    [question] = [question["id"] for question in exam.questions(published["id"])]
    exam.save(attempt, {question: "a"})
    erase(exam)
    assert [event.score for event in outbox.of(ResultRecorded)] == [100]
    assert exam.save(attempt, {question: "b"}).problem == (409, "over")
    assert "'answers': {}" in stored()


def test_answers_saved_at_the_same_moment_go_too(exam: ExamService, meanwhile: Meanwhile) -> None:
    published = exam.publish(TEXT)
    attempt = exam.started(published["id"])
    [text] = [question["id"] for question in exam.questions(published["id"])]
    meanwhile(lambda: exam.save(attempt, {text: WORDS}))
    erase(exam)
    assert WORDS not in stored()


def test_what_is_left_is_neither_marked_nor_graded_again(exam: ExamService) -> None:
    published = exam.publish(SINGLE, NUMERIC)
    attempt = exam.sit(published, {0: "b", 1: 0.3})
    single, _ = (question["id"] for question in exam.questions(published["id"]))
    before = exam.score(published["id"])
    erase(exam)
    erase(exam)
    assert exam.mark(attempt, {single: 2}, reason="Looked at it again").problem == (404, "about:blank")
    assert exam.regrade(published["id"], single, "b").status == 202
    exam.tick()
    exam.pass_(days=2)
    assert exam.score(published["id"]) == before == ("failed", 42.86)


def _mark(exam: ExamService) -> Callable[[], Answer]:
    attempt = exam.sit(exam.publish(SINGLE))
    [single] = [question["id"] for question in exam.questions(attempt["examId"])]
    return lambda: exam.mark(attempt, {single: 1}, reason=WORDS)


def _replace(exam: ExamService) -> Callable[[], Answer]:
    paper = exam.paper()["id"]
    assert exam.record(paper, 40).status == 201
    return lambda: exam.record(paper, 50, reason=WORDS)


def _record(exam: ExamService) -> Callable[[], Answer]:
    paper = exam.paper()["id"]
    return lambda: exam.record(paper, 40)


def _grant(exam: ExamService) -> Callable[[], Answer]:
    published = exam.publish(SINGLE)["id"]
    return lambda: exam.grant(published, extraMinutes=37)


@pytest.mark.parametrize("arrange", [_mark, _replace, _record, _grant])
def test_nothing_is_written_about_a_student_who_was_erased(
    exam: ExamService, arrange: Callable[[ExamService], Callable[[], Answer]]
) -> None:
    write = arrange(exam)
    erase(exam)
    before = stored()
    assert write().problem == (404, "about:blank")
    assert stored() == before


@pytest.mark.parametrize("arrange", [_mark, _replace, _record, _grant])
def test_what_was_being_written_about_a_student_when_they_were_erased_is_refused(
    exam: ExamService, meanwhile: Meanwhile, arrange: Callable[[ExamService], Callable[[], Answer]]
) -> None:
    write = arrange(exam)
    before = stored()
    meanwhile(lambda: remove_card(exam.student))
    assert write().problem == (404, "about:blank")
    assert stored() == before


def test_what_others_answered_stays(exam: ExamService) -> None:
    published = exam.publish(TEXT)
    attempt = exam.sit(published, {0: "Of another"}, exam.other)
    erase(exam)
    assert "Of another" in str(exam.show(attempt, exam.teacher).json["answers"])
