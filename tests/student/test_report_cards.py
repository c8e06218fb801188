"""Report cards: computed from events of exam and progress, annotated by teachers, read by those concerned."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.events.courses import CourseDeleted
from lms.events.exams import ExamCancelled
from lms.events.users import UserErased
from tests.at_once import Meanwhile
from tests.people import remove_card, sign_in
from tests.student.conftest import School, fault
from tests.world import set_institute

PASS_OR_FAIL = [{"letter": "Pass", "lowest": "50"}, {"letter": "Fail", "lowest": "0"}]


def test_a_student_has_a_report_card_in_each_course_from_the_start(school: School) -> None:
    card = school.card()
    assert card == {
        "report_id": card["report_id"],
        "student_id": str(school.student.id),
        "student_name": school.student.name,
        "course_id": str(school.course),
        "course_title": "AI-201",
        "grade": None,
        "completion_percentage": 0,
        "attendance": None,
        "remarks": None,
        "metadata": {
            "grade_percentage": None,
            "computed_grade": None,
            "grade_override": None,
            "results": 0,
            "scores": [],
            "sessions": 0,
            "attendance": {"present": 0, "late": 0, "absent": 0, "excused": 0},
        },
        "version": 0,
        "created_at": None,
        "updated_at": None,
    }
    UUID(card["report_id"])


def test_results_progress_and_attendance_come_together_on_the_card(school: School) -> None:
    blank = school.card()
    school.consume(
        school.result("92.5"),
        school.result("80.00"),
        school.progress(40),
        *school.attended("present", "late", "absent"),
    )
    card = school.card()
    assert (card["grade"], card["completion_percentage"], card["attendance"]) == ("B", 40, 67)
    assert card["metadata"]["grade_percentage"] == 86.25
    assert (card["metadata"]["results"], card["metadata"]["sessions"]) == (2, 3)
    assert card["metadata"]["attendance"] == {"present": 1, "late": 1, "absent": 1, "excused": 0}
    assert card["report_id"] == blank["report_id"]
    assert card["version"] == 6
    assert card["created_at"] is not None


def test_a_card_shows_the_scores_that_made_the_grade_with_their_weights(school: School) -> None:
    exam = uuid4()
    school.consume(
        school.course_event("AI-201", 1), school.exam(exam, "2"), school.result("83", exam_id=exam), school.result("50")
    )
    metadata = school.card()["metadata"]
    scores = {(each["exam_title"], each["score"], each["weight"]) for each in metadata["scores"]}
    assert (scores, metadata["grade_percentage"]) == ({("Midterm", 83, 2), (None, 50, 1)}, 72)


def test_a_missed_exam_counts_0(school: School) -> None:
    school.consume(school.result("100"), school.result("0", status="missed"))
    assert school.card()["metadata"]["grade_percentage"] == 50


def test_a_better_attempt_and_a_withdrawn_result_replace_the_earlier_one(school: School) -> None:
    exam = uuid4()
    school.consume(school.result("55", exam_id=exam), school.result("91", exam_id=exam, version=2))
    assert school.card()["grade"] == "A"
    school.consume(school.result("91", exam_id=exam, version=3, released=False))
    assert school.card()["grade"] is None


def test_a_repeated_or_late_event_changes_nothing(school: School) -> None:
    exam = uuid4()
    school.consume(
        school.result("91", exam_id=exam, version=2),
        school.progress(50, version=3),
        school.session({school.student.id: "present"}, version=2),
    )
    before = school.card()
    school.clock.advance(minutes=1)
    school.consume(
        school.result("55", exam_id=exam, version=1),
        school.result("91", exam_id=exam, version=2),
        school.progress(20, version=2),
        school.session({school.student.id: "absent"}, version=1),
        school.session({school.student.id: "present"}, version=2),
    )
    assert school.card() == before


def test_a_changed_weight_counts_at_once_in_every_card(school: School) -> None:
    midterm, final = uuid4(), uuid4()
    other = sign_in("student")
    school.add_student(other, school.course)
    for student in (school.student, other):
        school.consume(
            school.result("100", exam_id=midterm, student_id=student.id),
            school.result("50", exam_id=final, student_id=student.id),
        )
    school.consume(school.exam(midterm, "1"), school.exam(final, "3", version=2), school.exam(final, "1", version=1))
    assert {school.card(student)["metadata"]["grade_percentage"] for student in (school.student, other)} == {62.5}


def test_a_cancelled_exam_does_not_count_even_when_its_cancellation_comes_first(school: School) -> None:
    exam = uuid4()
    school.consume(
        ExamCancelled(version=2, exam_id=exam, course_id=school.course),
        school.result("10", exam_id=exam),
        school.exam(exam, "1"),
        school.result("90"),
    )
    metadata = school.card()["metadata"]
    assert (metadata["grade_percentage"], metadata["computed_grade"], metadata["results"]) == (90, "A", 1)
    assert [score["score"] for score in metadata["scores"]] == [90]


def test_a_result_that_comes_before_its_enrolment_is_kept(school: School) -> None:
    newcomer = sign_in("student")
    school.consume(school.result("75", student_id=newcomer.id))
    school.add_student(newcomer, school.course)
    assert school.card(newcomer)["grade"] == "C"


def test_cards_of_a_deleted_course_stay(school: School) -> None:
    school.consume(school.result("75"))
    school.consume(CourseDeleted(version=3, course_id=school.course, program_id=school.program))
    assert school.card()["grade"] == "C"


def test_a_dropped_course_keeps_a_card_on_which_something_is(school: School) -> None:
    empty = school.add_course()
    school.consume(school.result("75"))
    for course in (school.course, empty):
        school.add_student(school.student, course, "dropped")
    answer = school.http.get("/student/reportCards", token=school.student.token)
    assert [card["course_id"] for card in answer.json["items"]] == [str(school.course)]


def test_all_pages_together_have_each_card_once(school: School) -> None:
    courses = [school.course, *(school.add_course() for _ in range(6))]
    for course in courses:
        school.add_student(school.student, course)
    cards = school.http.list_all("/student/reportCards", limit=3, token=school.student.token)
    assert [card["course_id"] for card in cards] == [str(course) for course in courses]


def test_a_teacher_sees_the_cards_of_their_own_courses_alone(school: School) -> None:
    elsewhere = school.add_course()
    school.add_student(school.student, elsewhere)
    path = f"/students/{school.student.id}/reportCards"

    def seen(token: str) -> list[str]:
        answer = school.http.get(path, token=token)
        assert answer.status == 200, answer
        return [card["course_id"] for card in answer.json["items"]]

    assert seen(school.teacher.token) == [str(school.course)]
    assert seen(school.student.token) == seen(school.admin.token) == [str(school.course), str(elsewhere)]


def test_strangers_see_no_card_of_anybody_existing_or_not(school: School) -> None:
    colleague, classmate = sign_in("teacher"), sign_in("student")
    school.assign(colleague, school.add_course())
    school.add_student(classmate, school.course)
    for student_id in (school.student.id, uuid4()):
        for stranger in (colleague, classmate):
            path = f"/students/{student_id}/reportCards"
            assert school.http.get(path, token=stranger.token, query={"limit": "0"}).status == 403
    assert school.http.get(f"/students/{uuid4()}/reportCards", token=school.admin.token).status == 404


def test_a_teacher_writes_remarks(school: School) -> None:
    answer = school.write(remarks=" Well done. ")
    assert answer.status == 200, answer
    assert answer.version == 1
    assert answer.json == school.card()
    assert answer.json["remarks"] == "Well done."
    assert school.write(remarks=None, as_=school.admin).json["remarks"] is None


def test_a_grade_that_was_given_stands_whatever_events_come_later(school: School) -> None:
    school.consume(school.result("50"))
    answer = school.write(grade="A", reason="Appeal upheld.", remarks="After an appeal.")
    assert answer.json["grade"] == "A"
    school.consume(school.result("40"), school.progress(100))
    card = school.card()
    assert (card["grade"], card["remarks"], card["completion_percentage"]) == ("A", "After an appeal.", 100)
    assert (card["metadata"]["grade_percentage"], card["metadata"]["computed_grade"]) == (45, "F")
    assert card["metadata"]["grade_override"] == {
        "grade": "A",
        "reason": "Appeal upheld.",
        "overridden_by": str(school.teacher.id),
        "overridden_by_name": school.teacher.name,
        "overridden_at": school.clock().isoformat().replace("+00:00", "Z"),
    }
    assert school.write(remarks="Good.").json["grade"] == "A"
    assert school.write(grade=None).json["grade"] == "F"


def test_another_scale_changes_computed_letters_at_once_and_nothing_else(school: School) -> None:
    elsewhere = school.add_course()
    school.add_student(school.student, elsewhere)
    school.consume(school.result("83"), school.result("83", course_id=elsewhere))
    school.write(grade="A", reason="Appeal upheld.")
    set_institute(grade_scale=PASS_OR_FAIL)
    given, computed = school.card(), school.card(course=elsewhere)
    assert (given["grade"], given["metadata"]["computed_grade"]) == ("A", "Pass")
    assert (computed["grade"], computed["metadata"]["grade_percentage"]) == ("Pass", 83)
    assert [course["grade"] for course in school.own_courses()] == ["A", "Pass"]


def test_a_given_grade_is_a_letter_of_the_scale(school: School) -> None:
    set_institute(grade_scale=PASS_OR_FAIL)
    assert fault(school.write(grade="A", reason="Appeal upheld.")) == (422, "unknown")
    assert school.write(grade="Pass", reason="Appeal upheld.").json["grade"] == "Pass"


def test_report_cards_of_a_page_are_few_reads(school: School, reads: list[str]) -> None:
    school.fill(25)
    school.write(grade="A", reason="Appeal upheld.")
    school.card()
    reads.clear()
    assert school.card()["metadata"]["grade_override"]["overridden_by_name"] == school.teacher.name
    assert reads == ["Query", "Query", "BatchGetItem", "BatchGetItem"]


@pytest.mark.parametrize(
    "fields",
    [
        {"grade": "A"},
        {"reason": "because"},
        {"grade": None, "reason": "because"},
        {"grade": "E", "reason": "because"},
        {"grade": "A", "reason": " "},
        {"grade": "A", "reason": None},
        {"remarks": ""},
        {"remarks": "x" * 2_001},
        {"remarks": 1},
        {"attendance": 100},
        {"version": 1},
    ],
)
def test_what_does_not_fit_a_card_is_refused(school: School, fields: Any) -> None:
    assert school.write(**fields).status == 422
    assert school.card()["version"] == 0


def test_a_card_changes_only_as_it_was_read(school: School) -> None:
    assert school.write(remarks="a", headers={"if-match": '"1"'}).status == 412
    assert school.write(remarks="a", headers={"if-match": '"0"'}).status == 200
    school.consume(school.result("50"))
    assert school.write(remarks="b", headers={"if-match": '"1"'}).status == 412
    assert school.write(remarks="b", headers={"if-match": '"2"'}).json["version"] == 3


def test_a_card_is_written_on_by_teachers_of_its_course_alone(school: School) -> None:
    colleague = sign_in("teacher")
    school.assign(colleague, school.add_course())
    for course in (school.course, uuid4()):
        path = f"/students/{school.student.id}/reportCards/{course}"
        for person in (school.student, colleague):
            assert school.write(path, as_=person, nonsense=1).status == 403
    stranger = f"/students/{sign_in('student').id}/reportCards/{school.course}"
    assert school.write(stranger, remarks="x").status == 404
    assert school.write(stranger, remarks="").status == 422


def test_nobody_writes_about_a_student_who_was_erased(school: School) -> None:
    school.add_student(school.student, school.course, "completed")
    remove_card(school.student)
    assert school.write(remarks="x").status == 404


def test_a_remark_that_was_being_written_when_its_student_was_erased_is_not_kept(
    school: School, bucket: Any, meanwhile: Meanwhile
) -> None:
    from student.tables import ReportCard

    def erase() -> None:
        remove_card(school.student)
        school.consume(UserErased(user_id=school.student.id, version=3))

    meanwhile(erase)
    assert school.write(remarks="Amina is shy").status == 404
    assert "shy" not in repr([card.attribute_values for card in ReportCard.scan()])
