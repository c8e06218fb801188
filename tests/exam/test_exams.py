"""Exams: POST, PUT, DELETE /exams, and the lists of a course."""

from typing import Any
from uuid import uuid4

import pytest

from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled
from tests.conftest import Outbox
from tests.exam.conftest import SINGLE, TRUEFALSE, ExamService, moment
from tests.people import sign_in


def test_a_teacher_sets_an_exam_and_gets_it_whole(exam: ExamService) -> None:
    body = {"courseId": str(exam.course), "title": "  Final ", "duration": 90, "examDate": "2026-06-01T09:00:00+05:00"}
    answer = exam.http.post("/exams", body, token=exam.teacher.token)
    assert answer.status == 201
    assert answer.headers["location"] == f"/courses/{exam.course}/exams"
    listed = exam.http.get(answer.headers["location"], token=exam.teacher.token)
    assert answer.json["id"] in [shown["id"] for shown in listed.json["items"]]
    created = exam.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {
        "id": answer.json["id"],
        "courseId": str(exam.course),
        "courseTitle": "Agents",
        "title": "Final",
        "duration": 90,
        "examDate": "2026-06-01T04:00:00Z",
        "closesAt": "2026-06-01T05:30:00Z",
        "passMark": 50,
        "weight": 1,
        "attemptsAllowed": 1,
        "shuffle": False,
        "paper": False,
        "release": "onClose",
        "releasedAt": None,
        "published": False,
        "instructions": "",
        "version": 1,
        "createdAt": created,
        "updatedAt": created,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": None},
        {"duration": 0},
        {"duration": 1.5},
        {"duration": "60"},
        {"examDate": "2026-06-01T09:00:00"},
        {"examDate": "9999-12-31T23:59:59Z"},
        {"closesAt": "2000-01-01T00:00:00Z"},
        {"closesAt": "2199-01-01T00:00:00Z"},
        {"passMark": 101},
        {"passMark": 33.333},
        {"passMark": "50"},
        {"passMark": True},
        {"weight": -1},
        {"attemptsAllowed": 0},
        {"release": "never"},
        {"shuffle": "yes"},
        {"published": True},
        {"version": 7},
        {"status": "open"},
    ],
)
def test_what_is_no_exam_is_refused(exam: ExamService, fields: Any) -> None:
    body = {"courseId": str(exam.course), "title": "x", "duration": 60, "examDate": exam.at(), **fields}
    assert exam.http.post("/exams", body, token=exam.teacher.token).status == 422


def test_an_exam_is_set_by_teachers_of_its_course_and_administrators(exam: ExamService) -> None:
    body = {"courseId": str(exam.course), "title": "x", "duration": 60, "examDate": exam.at()}
    assert exam.http.post("/exams", body, token=exam.admin.token).status == 201
    stranger = sign_in("teacher").token
    assert exam.http.post("/exams", body, token=stranger).status == 403
    nowhere = {**body, "courseId": str(uuid4())}
    assert exam.http.post("/exams", nowhere, token=stranger).status == 403
    assert exam.http.post("/exams", nowhere, token=exam.admin.token).status == 404
    assert exam.http.post("/exams", {**body, "duration": 0}, token=stranger).status == 422


def test_an_exam_sent_twice_with_one_key_is_set_once(exam: ExamService) -> None:
    body = {"courseId": str(exam.course), "title": "x", "duration": 60, "examDate": exam.at()}
    first, again = (
        exam.http.post("/exams", body, token=exam.teacher.token, headers={"idempotency-key": "k"}) for _ in range(2)
    )
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    assert len(exam.http.list_all(f"/courses/{exam.course}/exams", limit=10, token=exam.teacher.token)) == 1


def test_students_see_published_exams_and_teachers_drafts_too_soonest_first(exam: ExamService) -> None:
    late = exam.publish(title="late", examDate=exam.at(days=9))
    soon = exam.publish(title="soon", examDate=exam.at(days=2))
    draft = exam.draft(title="draft", examDate=exam.at(days=1))
    for path in (f"/exams/{exam.course}", f"/courses/{exam.course}/exams"):
        for limit in (1, 2, 25):
            for_students = exam.http.list_all(path, limit=limit, token=exam.student.token)
            assert for_students == [soon, late]
            for_teachers = exam.http.list_all(path, limit=limit, token=exam.teacher.token)
            assert [listed["id"] for listed in for_teachers] == [soon["id"], late["id"], draft["id"]]


def test_only_members_of_the_course_get_its_exams(exam: ExamService) -> None:
    exam.publish()
    for path in (f"/exams/{exam.course}", f"/courses/{exam.course}/exams", f"/exams/{uuid4()}"):
        for stranger in (sign_in("student"), sign_in("teacher"), exam.enroll(sign_in("student"), "dropped")):
            assert exam.http.get(path, token=stranger.token).status == 403
    assert (
        exam.http.get(f"/exams/{exam.course}", token=exam.enroll(sign_in("student"), "completed").token).status == 200
    )
    assert exam.http.get(f"/exams/{uuid4()}", token=exam.admin.token).status == 404


def test_an_update_replaces_the_fields_given_and_leaves_the_others(exam: ExamService) -> None:
    draft = exam.draft()
    exam.clock.advance(minutes=1)
    answer = exam.change(draft["id"], title="Midterm", weight=2.5)
    assert answer.status == 200
    assert answer.version == 2
    later = exam.clock().isoformat().replace("+00:00", "Z")
    assert answer.json == {**draft, "title": "Midterm", "weight": 2.5, "version": 2, "updatedAt": later}


def test_a_closing_that_was_not_set_follows_the_opening_and_the_duration(exam: ExamService) -> None:
    draft = exam.draft()
    assert exam.change(draft["id"], duration=90).json["closesAt"] == _answered(exam.at(minutes=90))
    assert exam.change(draft["id"], examDate=exam.at(days=1)).json["closesAt"] == _answered(exam.at(days=1, minutes=90))
    assert exam.change(draft["id"], closesAt=exam.at(days=3)).json["closesAt"] == _answered(exam.at(days=3))
    assert exam.change(draft["id"], duration=30).json["closesAt"] == _answered(exam.at(days=3))
    assert exam.change(draft["id"], closesAt=None).json["closesAt"] == _answered(exam.at(days=1, minutes=30))


def _answered(time: str) -> str:
    return time.replace("+00:00", "Z")


def test_an_update_on_what_was_read_earlier_is_refused(exam: ExamService) -> None:
    draft = exam.draft()
    exam.change(draft["id"], title="x")
    path, stale = f"/exams/{draft['id']}", {"if-match": '"1"'}
    assert exam.http.put(path, {"title": "y"}, token=exam.teacher.token, headers=stale).status == 412
    assert exam.http.delete(path, token=exam.teacher.token, headers=stale).status == 412
    assert exam.http.delete(path, token=exam.teacher.token, headers={"if-match": '"2"'}).status == 204


def test_publishing_needs_a_question_or_paper(exam: ExamService) -> None:
    draft = exam.draft()
    assert exam.change(draft["id"], published=True).problem == (409, "no-questions")
    exam.add(draft["id"], TRUEFALSE)
    assert exam.change(draft["id"], published=True).status == 200
    paper = exam.paper()
    assert exam.change(paper["id"], paper=False).problem == (409, "no-questions")


def test_an_exam_that_would_already_be_closed_is_not_published(exam: ExamService) -> None:
    draft = exam.draft(examDate=exam.at(hours=-2))
    exam.add(draft["id"], SINGLE)
    assert exam.change(draft["id"], published=True).problem == (409, "closed")
    assert exam.change(draft["id"], published=True, examDate=exam.at()).status == 200
    assert exam.change(draft["id"], examDate=exam.at(hours=-2)).problem == (409, "closed")


def test_once_an_attempt_has_begun_only_the_title_and_a_later_closing_change(exam: ExamService) -> None:
    published = exam.publish(closesAt=exam.at(hours=3))
    exam.started(published["id"])
    for fields in (
        {"duration": 61},
        {"examDate": exam.at(minutes=1)},
        {"passMark": 40},
        {"weight": 2},
        {"attemptsAllowed": 2},
        {"shuffle": True},
        {"paper": True},
        {"release": "manual"},
        {"published": False},
        {"closesAt": exam.at(hours=2)},
        {"closesAt": None},
        {"title": "x", "duration": 61},
    ):
        assert exam.change(published["id"], **fields).problem == (409, "begun"), fields
    assert exam.change(published["id"], title="x", duration=60, closesAt=exam.at(hours=4)).status == 200
    answer = exam.http.delete(f"/exams/{published['id']}", token=exam.teacher.token)
    assert answer.problem == (409, "begun")
    exam.clock.advance(hours=4)
    assert exam.change(published["id"], closesAt=exam.at(hours=5)).problem == (409, "closed")
    assert exam.change(published["id"], title="y").status == 200


def test_a_later_closing_lengthens_what_the_closing_had_cut(exam: ExamService) -> None:
    published = exam.publish(closesAt=exam.at(minutes=30))
    attempt = exam.started(published["id"])
    assert moment(attempt["deadline"]) == exam.clock() + _minutes(30)
    exam.change(published["id"], closesAt=exam.at(minutes=50))
    exam.pass_(minutes=40)
    assert exam.save(attempt, {}).json["deadline"] == _answered(exam.at(minutes=10))
    exam.pass_(minutes=10)
    assert exam.score(published["id"]) == ("failed", 0)


def _minutes(number: int) -> Any:
    from datetime import timedelta

    return timedelta(minutes=number)


def test_a_draft_that_is_deleted_is_gone_without_a_word(exam: ExamService, outbox: Outbox) -> None:
    draft = exam.draft()
    question = exam.add(draft["id"], SINGLE)
    assert exam.http.delete(f"/exams/{draft['id']}", token=exam.teacher.token).status == 204
    for method, path, body in (
        ("DELETE", f"/exams/{draft['id']}", None),
        ("PUT", f"/exams/{draft['id']}", {"title": "x"}),
        ("GET", f"/exams/{draft['id']}/questions", None),
        ("PUT", f"/questions/{question['id']}", {"points": 2}),
    ):
        assert exam.http(method, path, body, token=exam.teacher.token).status == 404
    assert exam.http.list_all(f"/exams/{exam.course}", limit=10, token=exam.teacher.token) == []
    assert outbox.all() == []


def test_events_about_an_exam_begin_with_its_publication(exam: ExamService, outbox: Outbox) -> None:
    draft = exam.draft(weight=2.5, passMark=45.5)
    exam.add(draft["id"], SINGLE)
    exam.change(draft["id"], title="Final")
    assert outbox.all() == []
    published = exam.change(draft["id"], published=True).json
    (scheduled,) = outbox.of(ExamScheduled)
    assert scheduled.version == published["version"]
    assert (str(scheduled.weight), str(scheduled.pass_mark), scheduled.duration) == ("2.5", "45.5", 60)
    assert scheduled.closes_at == moment(published["closesAt"])
    moved = exam.change(draft["id"], examDate=exam.at(days=1)).json
    exam.change(draft["id"], shuffle=True)
    (changed,) = outbox.of(ExamChanged)
    assert (changed.version, changed.opens_at) == (moved["version"], moment(moved["examDate"]))
    exam.http.delete(f"/exams/{draft['id']}", token=exam.teacher.token)
    (cancelled,) = outbox.of(ExamCancelled)
    assert cancelled.version > changed.version
    assert not cancelled.withdrawn
    assert len(outbox.all()) == 3


def test_an_exam_that_is_taken_back_is_cancelled_and_can_be_published_again(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish()
    exam.change(published["id"], published=False)
    (withdrawn,) = outbox.of(ExamCancelled)
    assert withdrawn.withdrawn
    assert exam.http.list_all(f"/exams/{exam.course}", limit=10, token=exam.student.token) == []
    assert exam.start(published["id"]).status == 404
    exam.pass_(hours=2)
    assert exam.results(published["id"])["items"] == []
    exam.change(published["id"], published=True, examDate=exam.at())
    assert len(outbox.of(ExamScheduled)) == 2
    assert exam.start(published["id"]).status == 201


def test_an_exam_that_was_taken_back_and_is_deleted_is_cancelled_for_good(exam: ExamService, outbox: Outbox) -> None:
    published = exam.publish()
    exam.change(published["id"], published=False)
    exam.http.delete(f"/exams/{published['id']}", token=exam.teacher.token)
    assert [event.withdrawn for event in outbox.of(ExamCancelled)] == [True, False]
