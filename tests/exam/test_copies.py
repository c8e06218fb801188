"""Exams of courses that are copies of others."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from exam.rules.deadlines import moved
from lms.events.courses import CourseCopied
from lms.events.exams import ExamScheduled
from tests.conftest import Outbox
from tests.exam.conftest import ALL_KINDS, SINGLE, ExamService, moment
from tests.world import set_institute


def copied(exam: ExamService, days: int = 7) -> CourseCopied:
    """The event of a copy of the course, which the same teacher teaches."""
    course = exam.add_course("Copy")
    exam.assign(exam.teacher, course)
    return CourseCopied(version=1, course_id=course, program_id=uuid4(), copied_from=exam.course, days=days)


def listed(exam: ExamService, course: UUID) -> list[dict[str, object]]:
    return exam.http.list_all(f"/courses/{course}/exams", token=exam.teacher.token, limit=25)


def test_a_copied_exam_is_a_draft_with_the_same_questions_later(exam: ExamService, outbox: Outbox) -> None:
    source = exam.publish(*ALL_KINDS, weight=3, shuffle=True, instructions="Use a pencil.")
    exam.sit(source, {0: "a"})
    event = copied(exam)
    exam.consume(event)
    [copy] = listed(exam, event.course_id)
    assert (copy["published"], copy["title"], copy["weight"], copy["shuffle"]) == (False, "Final", 3, True)
    for time in ("examDate", "closesAt"):
        assert moment(copy[time]) == moment(source[time]) + timedelta(days=7)
    own = ("id", "examId", "version", "createdAt", "updatedAt")
    old, new = (exam.questions(str(each["id"])) for each in (source, copy))
    strip = [{k: v for k, v in question.items() if k not in own} for question in new]
    assert strip == [{k: v for k, v in question.items() if k not in own} for question in old]
    assert {question["id"] for question in new}.isdisjoint(question["id"] for question in old)
    assert [scheduled.exam_id for scheduled in outbox.of(ExamScheduled)] == [UUID(source["id"])]


def test_a_copied_exam_is_edited_published_and_taken_like_any_other(exam: ExamService) -> None:
    exam.publish()
    event = copied(exam, days=0)
    exam.consume(event)
    exam.course = event.course_id
    exam.enroll(exam.student)
    [copy] = listed(exam, event.course_id)
    [question] = exam.questions(str(copy["id"]))
    changed = exam.http.put(f"/questions/{question['id']}", {"points": 5}, token=exam.teacher.token)
    assert (changed.status, changed.json["points"]) == (200, 5)
    assert exam.change(str(copy["id"]), published=True).status == 200
    assert exam.sit(copy)["status"] == "submitted"


def test_an_event_that_comes_again_makes_no_second_exam_and_brings_none_back(exam: ExamService) -> None:
    exam.publish()
    exam.draft(title="Resit")
    event = copied(exam)
    exam.consume(event)
    resit = next(each for each in listed(exam, event.course_id) if each["title"] == "Resit")
    exam.http.delete(f"/exams/{resit['id']}", token=exam.teacher.token)
    exam.consume(event, event)
    assert [each["title"] for each in listed(exam, event.course_id)] == ["Final"]


def test_deleted_exams_are_not_copied_and_a_deleted_copy_gets_none(exam: ExamService) -> None:
    from exam.tables import all_exams_of

    kept, deleted = exam.publish(SINGLE), exam.draft()
    exam.http.delete(f"/exams/{deleted['id']}", token=exam.teacher.token)
    event, gone = copied(exam), copied(exam)
    exam.delete_course(gone.course_id)
    exam.consume(event, gone)
    assert [each.id for each in all_exams_of(event.course_id)] == [event.copy_of(UUID(kept["id"]))]
    assert list(all_exams_of(gone.course_id)) == []


def test_a_question_with_full_credit_is_a_plain_one_in_a_copy(exam: ExamService) -> None:
    source = exam.publish()
    exam.sit(source)
    [question] = exam.questions(source["id"])
    body = {"questionId": question["id"], "correctAnswer": "full_credit", "reason": "Both are right"}
    assert exam.http.post(f"/exams/{source['id']}/regrade", body, token=exam.teacher.token).status == 202
    event = copied(exam)
    exam.consume(event)
    [copy] = listed(exam, event.course_id)
    [plain] = exam.questions(str(copy["id"]))
    assert (plain["correctAnswer"], plain["fullCredit"]) == ("a", False)


def test_dates_keep_their_time_of_the_day_where_the_institute_is(exam: ExamService) -> None:
    set_institute(time_zone="Europe/Berlin")
    source = exam.publish(examDate="2035-03-20T08:00:00Z", closesAt="2035-03-20T10:00:00Z")
    event = copied(exam, days=14)
    exam.consume(event)
    [copy] = listed(exam, event.course_id)
    assert source["examDate"] == "2035-03-20T08:00:00Z"
    assert (copy["examDate"], copy["closesAt"]) == ("2035-04-03T07:00:00Z", "2035-04-03T09:00:00Z")


def test_a_moment_moves_by_days_of_the_clock_on_the_wall() -> None:
    eight = datetime(2026, 10, 20, 6, tzinfo=UTC)
    assert moved(eight, 7, ZoneInfo("Europe/Berlin")) == datetime(2026, 10, 27, 7, tzinfo=UTC)
    assert moved(eight, -7, ZoneInfo("Asia/Karachi")) == eight - timedelta(days=7)
