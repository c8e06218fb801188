"""A student's courses: the light list of a first screen, the transcript, attendance."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from lms.events.users import UserErased
from tests.at_once import Meanwhile
from tests.people import put_card, remove_card, sign_in
from tests.student.conftest import School
from tests.world import add_term, set_institute


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


def test_a_transcript_says_who_certifies_what_on_which_day(school: School) -> None:
    set_institute(name="Canal Road College", time_zone="Pacific/Kiritimati")
    school.clock.now = school.clock.now.replace(hour=23)
    school.consume(school.course_event("AI-201", 1, term_id=add_term()), school.result("83"))
    own, seen = (
        school.http.get(f"/students/{school.student.id}/transcript", token=reader.token)
        for reader in (school.student, school.admin)
    )
    assert own.json == seen.json
    [course] = own.json["courses"]
    assert course.items() >= {"courseTitle": "AI-201", "grade": "B", "gradePercentage": 83}.items()
    assert (course["termTitle"], course["termStartsOn"], course["termEndsOn"]) == (
        "Spring 2027",
        "2027-02-01",
        "2027-08-02",
    )
    assert {name: own.json[name] for name in own.json.keys() - {"courses"}} == {
        "instituteName": "Canal Road College",
        "date": (school.clock() + timedelta(days=1)).date().isoformat(),
        "studentId": str(school.student.id),
        "studentName": school.student.name,
        "rollNo": school.student.roll_no,
    }


def test_a_transcript_is_the_students_own(school: School) -> None:
    for student_id in (school.student.id, uuid4()):
        for stranger in (sign_in("student"), school.teacher):
            assert school.http.get(f"/students/{student_id}/transcript", token=stranger.token).status == 403
    for nobody in (uuid4(), school.teacher.id):
        assert school.http.get(f"/students/{nobody}/transcript", token=school.admin.token).status == 404


def test_a_student_sees_when_they_were_there_in_all_courses(school: School) -> None:
    elsewhere = school.add_course("AI-301")
    school.add_student(school.student, elsewhere)
    school.consume(*school.attended("present", "absent"), school.session({}, day="2026-09-02", version=2))
    listed = school.http.list_all("/student/attendance", limit=1, token=school.student.token)
    assert listed == [
        {
            "courseId": str(school.course),
            "courseTitle": "AI-201",
            "attendance": 100,
            "sessions": [{"date": "2026-09-01", "status": "present"}],
        },
        {"courseId": str(elsewhere), "courseTitle": "AI-301", "attendance": None, "sessions": []},
    ]
