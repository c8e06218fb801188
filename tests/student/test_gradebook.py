"""GET /courses/{courseId}/reportCards: the gradebook, in pages and as a file."""

import csv
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.exams import ExamCancelled
from tests.clients import Answer
from tests.people import Person, put_card, remove_card, sign_in
from tests.student.conftest import School


def _gradebook(school: School, as_: Person | None = None, **query: str) -> Answer:
    path = f"/courses/{school.course}/reportCards"
    return school.http.get(path, token=(as_ or school.teacher).token, query=query)


def _rows(school: School) -> list[list[str]]:
    answer = _gradebook(school, format="csv")
    assert answer.status == 200, answer
    return list(csv.reader(StringIO(answer.body.decode("utf-8-sig"))))


@pytest.fixture
def midterm(school: School) -> UUID:
    exam = uuid4()
    school.consume(school.program_event("Agentic AI"), school.course_event("AI-201", 1), school.exam(exam, "2"))
    return exam


def test_a_row_has_what_is_known_of_a_student_and_each_score(school: School, midterm: UUID) -> None:
    school.consume(school.result("83", exam_id=midterm), school.progress(40), *school.attended("present", "absent"))
    answer = _gradebook(school)
    assert answer.status == 200, answer
    assert answer.json == {
        "course_id": str(school.course),
        "course_title": "AI-201",
        "exams": [{"exam_id": str(midterm), "exam_title": "Midterm", "weight": 2}],
        "items": [
            {
                "student_id": str(school.student.id),
                "student_name": school.student.name,
                "roll_no": school.student.roll_no,
                "status": "active",
                "grade": "B",
                "grade_percentage": 83,
                "attendance": 50,
                "completion_percentage": 40,
                "scores": [{"exam_id": str(midterm), "exam_title": "Midterm", "score": 83}],
                "version": 4,
            }
        ],
        "next": None,
    }


def test_what_does_not_count_has_no_score_and_no_column(school: School, midterm: UUID) -> None:
    withdrawn = uuid4()
    school.consume(
        school.result("83", exam_id=midterm),
        school.exam(withdrawn, "1"),
        school.result("90", exam_id=withdrawn, released=False),
        ExamCancelled(version=2, exam_id=midterm, course_id=school.course),
    )
    answer = _gradebook(school).json
    assert [exam["exam_id"] for exam in answer["exams"]] == [str(withdrawn)]
    assert answer["items"][0]["scores"] == []


def test_each_of_the_class_is_on_one_page_and_who_dropped_out_on_none(school: School) -> None:
    ids = [school.student.id, *school.add_class(60), *school.add_class(3, "completed")]
    school.add_class(2, "dropped")
    listed = school.http.list_all(f"/courses/{school.course}/reportCards", limit=100, token=school.teacher.token)
    assert sorted(row["student_id"] for row in listed) == sorted(map(str, ids))


def test_a_page_is_three_reads(school: School, midterm: UUID, reads: list[str]) -> None:
    school.add_class(120)
    _gradebook(school)
    reads.clear()
    page = _gradebook(school, limit="100").json
    assert len(page["items"]) == 49
    assert {row["grade"] for row in page["items"]} == {None}
    assert reads == ["BatchGetItem", "Query", "BatchGetItem"]


def test_the_file_is_the_whole_class_for_spreadsheets(school: School, midterm: UUID) -> None:
    school.add_class(100)
    school.consume(school.result("83", exam_id=midterm))
    answer = _gradebook(school, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"gradebook.csv\"; filename*=UTF-8''AI-201.csv"
    )
    assert answer.body.startswith(b"\xef\xbb\xbfRoll number,Name,")
    head, *rows = _rows(school)
    assert head == ["Roll number", "Name", "Status", "Grade", "Percentage", "Attendance", "Completion", "Midterm"]
    assert len(rows) == 101
    student = [school.student.roll_no, school.student.name, "active", "B", "83.00", "", "0", "83"]
    assert student in rows


def test_a_class_too_large_for_a_file_is_refused_one(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    from student.service import gradebook

    monkeypatch.setattr(gradebook, "_MOST_IN_A_FILE", 5)
    school.add_class(5)
    assert _gradebook(school, format="csv").problem == (409, "class-too-large")


@pytest.mark.parametrize("name", ["=1+1", "+92 300", "-5", "@SUM(A1)"])
def test_no_name_is_a_formula(school: School, name: str) -> None:
    put_card(replace(school.student, name=name), version=2)
    assert _rows(school)[1][1] == f"'{name}"


def test_names_of_any_script_stay_whole(school: School) -> None:
    put_card(replace(school.student, name='آمنہ "Amina", Khan'), version=2)
    assert _rows(school)[1][1] == 'آمنہ "Amina", Khan'


def test_who_was_erased_keeps_grades_without_a_name(school: School) -> None:
    school.consume(school.result("83"))
    remove_card(school.student)
    [row] = _gradebook(school).json["items"]
    assert (row["student_name"], row["roll_no"], row["grade"]) == (None, None, "B")
    assert _rows(school)[1][:4] == ["", "", "active", "B"]


def test_a_gradebook_is_for_the_courses_teachers(school: School) -> None:
    colleague = sign_in("teacher")
    for stranger in (colleague, school.student):
        assert _gradebook(school, stranger, limit="0").status == 403
    assert _gradebook(school, school.admin).status == 200
    for wanted in ("json", "csv"):
        unknown: Any = school.http.get(
            f"/courses/{uuid4()}/reportCards", token=school.admin.token, query={"format": wanted}
        )
        assert unknown.status == 404
    assert _gradebook(school, format="xlsx").status == 422
