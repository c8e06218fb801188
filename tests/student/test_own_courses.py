"""GET /student/courses: the light list of a first screen, and what is known of courses for it."""

from dataclasses import replace

from lms.events import UserErased
from tests.at_once import Meanwhile
from tests.people import put_card, remove_card, sign_in
from tests.student.conftest import School


def test_a_student_sees_all_courses_with_grade_progress_attendance_and_teachers(school: School) -> None:
    school.consume(school.assigned(), school.result("83"), school.progress(60), *school.attended("present", "absent"))
    assert school.own_courses() == [
        {
            "courseId": str(school.course),
            "courseTitle": "AI-201",
            "programId": str(school.program),
            "programTitle": "Agentic AI",
            "status": "active",
            "completionPercentage": 60,
            "grade": "B",
            "gradePercentage": 83,
            "attendance": 50,
            "teachers": [{"id": str(school.teacher.id), "name": school.teacher.name}],
        }
    ]


def test_a_course_is_there_before_any_event_of_it_and_stays_when_it_was_dropped(school: School) -> None:
    newcomer = sign_in("student")
    assert school.own_courses(newcomer) == []
    school.add_student(newcomer, school.course)
    [course] = school.own_courses(newcomer)
    assert (course["courseTitle"], course["grade"], course["teachers"]) == ("AI-201", None, [])
    school.add_student(newcomer, school.course, "dropped")
    assert [course["status"] for course in school.own_courses(newcomer)] == ["dropped"]


def test_a_hundred_courses_are_three_reads(school: School, reads: list[str]) -> None:
    school.fill(100)
    school.own_courses()
    reads.clear()
    courses = school.own_courses()
    assert [course["completionPercentage"] for course in courses] == list(range(100))
    assert {(course["programTitle"], course["teachers"][0]["name"]) for course in courses} == {
        ("Agentic AI", school.teacher.name)
    }
    assert reads == ["Query", "Query", "BatchGetItem"]


def test_titles_of_programs_follow_in_any_order(school: School) -> None:
    school.consume(school.course_event("AI-202", 2), school.program_event("Second", 2))
    school.consume(school.program_event("First", 1), school.course_event("AI-201", 1))
    [course] = school.own_courses()
    assert (course["courseTitle"], course["programTitle"]) == ("AI-202", "Second")


def test_a_course_of_another_program_keeps_that_programs_title(school: School) -> None:
    elsewhere = school.add_program("Robotics")
    school.consume(school.course_event("AI-201", 1), school.course_event("AI-201", 2, program_id=elsewhere))
    school.consume(school.program_event("Agentic AI"))
    assert school.own_courses()[0]["programTitle"] == "Robotics"


def test_teachers_come_and_go_in_any_order(school: School) -> None:
    def names() -> list[str]:
        return [teacher["name"] for teacher in school.own_courses()[0]["teachers"]]

    school.consume(school.unassigned(2), school.assigned(1))
    assert names() == []
    school.consume(school.assigned(3), school.assigned(3))
    assert names() == [school.teacher.name]


def _rename(school: School) -> None:
    renamed = replace(school.teacher, name="Sara Khan")
    put_card(renamed, version=2)
    school.consume(school.profile_event(version=2, student=renamed))


def test_a_teacher_who_has_another_name_has_it_in_all_courses(school: School) -> None:
    school.consume(school.assigned())
    _rename(school)
    assert school.own_courses()[0]["teachers"][0]["name"] == "Sara Khan"


def test_a_name_that_changes_while_its_bearer_is_assigned_is_the_new_one(school: School, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: _rename(school))
    school.consume(school.assigned())
    assert school.own_courses()[0]["teachers"][0]["name"] == "Sara Khan"


def test_no_name_is_kept_of_a_teacher_who_was_erased(school: School, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: remove_card(school.teacher))
    school.consume(school.assigned())
    school.consume(UserErased(user_id=school.teacher.id, version=3))
    assert school.own_courses()[0]["teachers"] == []
