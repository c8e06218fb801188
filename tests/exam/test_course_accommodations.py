"""More time for one student in every exam of a course."""

from datetime import timedelta
from typing import Any

import pytest

from lms.events.exams import ExamScheduled
from tests.clients import Answer
from tests.conftest import Outbox
from tests.exam.conftest import ExamService, moment
from tests.people import sign_in


def path(exam: ExamService) -> str:
    return f"/courses/{exam.course}/accommodations/{exam.student.id}"


def grant(exam: ExamService, percent: Any = 25) -> Answer:
    return exam.http.put(path(exam), {"extraPercent": percent}, token=exam.teacher.token)


def test_more_time_counts_at_once_in_a_running_attempt(exam: ExamService) -> None:
    published = exam.publish()
    attempt = exam.started(published["id"])
    granted = grant(exam)
    assert (granted.status, granted.json["studentName"], granted.json["extraPercent"]) == (200, exam.student.name, 25)
    assert moment(exam.show(attempt).json["deadline"]) == exam.clock() + timedelta(minutes=75)
    [listed] = exam.http.list_all(f"/exams/{published['id']}/accommodations", limit=5, token=exam.teacher.token)
    assert (listed["studentId"], listed["extraPercent"], listed["extraMinutes"]) == (str(exam.student.id), 25, 0)
    exam.pass_(minutes=74)
    assert exam.save(attempt, {attempt["questions"][0]["id"]: "a"}).status == 200
    assert exam.start(published["id"], exam.other).problem == (409, "closed")
    exam.pass_(minutes=1)
    assert exam.score(published["id"]) == ("passed", 100)


def test_more_time_counts_in_exams_set_later_before_which_no_key_is_out(exam: ExamService, outbox: Outbox) -> None:
    grant(exam, 50)
    published = exam.publish()
    for _ in range(2):
        exam.consume(*outbox.of(ExamScheduled))
    exam.sit(published, student=exam.other)
    exam.pass_(minutes=70)
    assert exam.result(published["id"], exam.other).status == 404
    attempt = exam.started(published["id"])
    assert moment(attempt["deadline"]) == exam.clock() + timedelta(minutes=20)
    exam.pass_(minutes=20)
    assert exam.result(published["id"], exam.other).json["score"] == 100


def test_no_key_is_out_before_the_accommodation_reaches_a_new_exam(exam: ExamService) -> None:
    grant(exam, 50)
    published = exam.publish()
    exam.sit(published, student=exam.other)
    exam.pass_(minutes=70)
    assert exam.result(published["id"], exam.other).status == 404


def test_it_adds_up_with_what_was_granted_in_an_exam_and_outlasts_that(exam: ExamService) -> None:
    published = exam.publish()
    grant(exam, 50)
    exam.grant(published["id"], extraMinutes=10)
    attempt = exam.started(published["id"])
    assert moment(attempt["deadline"]) == exam.clock() + timedelta(minutes=100)
    own = f"/exams/{published['id']}/accommodations/{exam.student.id}"
    assert exam.http.delete(own, token=exam.teacher.token).status == 204
    assert moment(exam.show(attempt).json["deadline"]) == exam.clock() + timedelta(minutes=90)
    assert exam.http.delete(path(exam), token=exam.teacher.token).status == 204
    assert moment(exam.show(attempt).json["deadline"]) == exam.clock() + timedelta(minutes=60)
    assert exam.http.delete(path(exam), token=exam.teacher.token).status == 404


def test_exams_whose_keys_are_out_stay_as_they_are(exam: ExamService) -> None:
    published = exam.publish()
    exam.pass_(hours=1)
    assert grant(exam).status == 200
    assert exam.start(published["id"]).problem == (409, "closed")
    assert exam.score(published["id"]) == ("missed", 0)


@pytest.mark.parametrize("percent", [0, 301, 2.5, "25", None])
def test_what_is_no_share_of_the_duration_is_refused(exam: ExamService, percent: Any) -> None:
    assert grant(exam, percent).status == 422


def test_it_is_for_students_of_the_course(exam: ExamService) -> None:
    stranger = f"/courses/{exam.course}/accommodations/{sign_in('student').id}"
    assert exam.http.put(stranger, {"extraPercent": 25}, token=exam.teacher.token).status == 404


def test_in_a_course_that_is_gone_there_is_nothing_to_grant_or_to_take_back(exam: ExamService) -> None:
    assert grant(exam, 25).status == 200
    exam.delete_course(exam.course)
    assert grant(exam, 25).status == 404
    gone = exam.http.delete(path(exam), token=exam.admin.token)
    assert (gone.status, gone.json["detail"]) == (404, "There is no such course.")
