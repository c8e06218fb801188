"""Feedback through its door: given, replaced, summed up, forgotten."""

from typing import Any
from uuid import uuid4

import pytest

from lms.events.progress import FeedbackSubmitted
from lms.events.users import UserErased
from tests.at_once import Meanwhile
from tests.conftest import Outbox
from tests.people import Person, remove_card, sign_in
from tests.progress.conftest import School


def _list(school: School, reader: Person | None = None, **query: str) -> Any:
    answer = school.http.get(f"/feedback/{school.course}", token=(reader or school.admin).token, query=query)
    assert answer.status == 200, answer
    return answer.json


def test_feedback_is_given_and_published(school: School, outbox: Outbox) -> None:
    answer = school.rate(4, comment="  Clear\nand to the point ")
    assert answer.status == 201
    assert answer.headers["location"] == f"/feedback/{school.course}"
    assert (
        answer.json.items()
        >= {
            "courseId": str(school.course),
            "studentId": str(school.student.id),
            "instructorId": None,
            "rating": 4,
            "comment": "Clear\nand to the point",
            "version": 1,
        }.items()
    )
    [event] = outbox.of(FeedbackSubmitted)
    assert (str(event.feedback_id), event.course_id, event.teacher_id, event.rating) == (
        answer.json["id"],
        school.course,
        None,
        4,
    )


def test_once_more_replaces_what_was_said_and_how_it_counts(school: School, outbox: Outbox) -> None:
    first = school.rate(1, comment="Boring").json
    second = school.rate(5).json
    assert (second["id"], second["version"], second["comment"]) == (first["id"], 2, "")
    listed = _list(school)
    assert listed["items"] == [second]
    assert listed["summary"] == {"count": 1, "average": 5.0, "histogram": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}}
    assert [event.version for event in outbox.of(FeedbackSubmitted)] == [1, 2]
    school.rate(5, comment="Still")
    assert _list(school)["summary"] == listed["summary"]


def test_course_and_each_instructor_get_feedback_of_their_own(school: School) -> None:
    other = sign_in("teacher")
    school.assign(other, school.course)
    ids = {
        school.rate(3).json["id"],
        school.rate(4, instructorId=str(school.teacher.id)).json["id"],
        school.rate(5, instructorId=str(other.id)).json["id"],
    }
    assert len(ids) == 3
    assert _list(school)["summary"]["count"] == 3
    school.rate(1, instructorId=str(other.id))
    assert _list(school)["summary"]["histogram"] == {"1": 1, "2": 0, "3": 1, "4": 1, "5": 0}


def test_an_instructor_must_teach_the_course(school: School) -> None:
    for stranger in (sign_in("teacher").id, school.student.id, uuid4()):
        answer = school.rate(5, instructorId=str(stranger))
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "instructorId"])


def test_the_summary_is_of_all_feedback_on_every_page(school: School) -> None:
    assert _list(school) == {
        "items": [],
        "next": None,
        "summary": {"count": 0, "average": None, "histogram": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}},
    }
    for rating in (5, 4, 4):
        school.rate(rating, school.new_student())
    assert _list(school, limit="1")["summary"] == {
        "count": 3,
        "average": 4.33,
        "histogram": {"1": 0, "2": 0, "3": 0, "4": 2, "5": 1},
    }


def test_the_list_is_read_in_pages_the_newest_first(school: School) -> None:
    given = [school.rate(3, school.new_student()).json["id"] for _ in range(7)]
    listed = school.http.list_all(f"/feedback/{school.course}", limit=3, token=school.student.token)
    assert [item["id"] for item in listed] == given[::-1]


def test_who_said_it_is_for_administrators_and_the_author(school: School) -> None:
    school.rate(2, comment="Too fast")
    author = str(school.student.id)
    seen = [
        (school.admin, author),
        (school.student, author),
        (school.teacher, None),
        (school.new_student(), None),
        (sign_in("teacher"), None),
    ]
    for reader, name in seen:
        [item] = _list(school, reader)["items"]
        assert (item["studentId"], item["comment"]) == (name, "Too fast")
        assert (author in str(_list(school, reader))) == (name is not None)


def test_an_erased_author_is_forgotten_and_their_ratings_still_count(school: School) -> None:
    from progress.tables import FeedbackAuthor

    school.rate(2, comment="Call me: 0300")
    school.rate(3, instructorId=str(school.teacher.id), comment="Yours, Amina")
    kept = school.rate(5, school.new_student(), comment="Fine").json
    before = _list(school)["summary"]
    for _ in range(2):
        school.consume(UserErased(version=3, user_id=school.student.id))
    assert not [*FeedbackAuthor.query(school.student.id)]
    listed = _list(school)
    assert listed["summary"] == before
    assert sorted((item["comment"], item["studentId"]) for item in listed["items"] if item["id"] != kept["id"]) == [
        ("", None),
        ("", None),
    ]
    assert kept in listed["items"]


def test_of_feedback_on_an_erased_instructor_the_ratings_stay(school: School) -> None:
    school.rate(1, instructorId=str(school.teacher.id), comment="Mr Khan shouts")
    kept = school.rate(4, comment="Fine").json
    for _ in range(2):
        school.consume(UserErased(version=3, user_id=school.teacher.id))
    assert sorted((item["rating"], item["comment"]) for item in _list(school)["items"]) == [(1, ""), (4, "Fine")]
    assert kept in _list(school)["items"]


def test_feedback_that_is_being_given_when_its_author_is_erased_is_not_kept(
    school: School, meanwhile: Meanwhile
) -> None:
    def erase() -> None:
        remove_card(school.student)
        school.consume(UserErased(version=3, user_id=school.student.id))

    meanwhile(erase)
    assert school.rate(2, comment="Call me: 0300").status == 403
    assert _list(school)["items"] == []


def test_feedback_on_an_instructor_who_is_being_erased_is_refused(school: School, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: remove_card(school.teacher))
    answer = school.rate(1, instructorId=str(school.teacher.id), comment="Mr Khan shouts")
    assert answer.problem == (422, "about:blank")
    assert _list(school)["items"] == []


def test_feedback_sent_twice_with_one_key_is_given_once(school: School, outbox: Outbox) -> None:
    calls = [school.rate(4, key="f-1") for _ in range(2)]
    assert [call.status for call in calls] == [201, 201]
    assert calls[0].json == calls[1].json
    assert len(outbox.of(FeedbackSubmitted)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", 0),
        ("rating", 6),
        ("rating", 4.5),
        ("rating", "4"),
        ("rating", None),
        ("rating", True),
        ("comment", "x" * 2_001),
        ("comment", "a\u0000b"),
        ("comment", "\ud800"),
        ("comment", None),
        ("instructorId", "x"),
        ("courseId", "x"),
        ("studentId", "00000000-0000-4000-8000-000000000001"),
    ],
)
def test_bad_feedback_is_refused_field_by_field(school: School, field: str, value: Any) -> None:
    answer = school.rate(**{"rating": 3, field: value})
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", field])


def test_refusals_come_in_order(school: School) -> None:
    stranger, good = sign_in("student"), {"courseId": str(school.course), "rating": 5}
    assert school.http.post("/feedback", {"bad": 1}).status == 401
    for person in (school.teacher, school.admin):
        assert school.http.post("/feedback", {"bad": 1}, token=person.token).status == 403
    assert school.http.post("/feedback", {"bad": 1}, token=stranger.token).status == 422
    for outside in (stranger, school.enroll(sign_in("student"), status="dropped")):
        assert school.http.post("/feedback", good, token=outside.token).status == 403
    school.enroll(school.student, status="completed")
    school.delete_course(school.course)
    assert school.http.post("/feedback", good, token=school.student.token).status == 404
    path = f"/feedback/{school.course}"
    assert school.http.get(path, query={"limit": "0"}).status == 401
    assert school.http.get(path, query={"limit": "0"}, token=stranger.token).status == 422
    assert school.http.get(path, token=stranger.token).status == 404
