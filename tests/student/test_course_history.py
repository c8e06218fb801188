"""GET /student/courseHistory: programs, courses and chapters in the founding document's shape."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from lms.curriculum import Lesson, Module, Subtopic
from lms.events.courses import CourseCreated, CourseDeleted, ProgramCreated, ProgramDeleted, ProgramUpdated
from tests.clients import Answer
from tests.people import Person, sign_in
from tests.student.conftest import School

PATH = "/student/courseHistory"
AT = datetime(2026, 9, 1, tzinfo=UTC)


def _history(school: School, as_: Person | None = None, roll_no: str | None = None) -> Answer:
    query = {} if roll_no is None else {"StudentRollNo": roll_no}
    return school.http.get(PATH, token=(as_ or school.student).token, query=query)


def _write_outline(course_id: UUID, *modules: Module) -> None:
    from lms.outline import OutlineItem

    item = OutlineItem(course_id=course_id, updated_at=AT)
    item.store(modules)
    item.save()


def _module(title: str, *lessons: Lesson, published: bool = True) -> Module:
    return Module(id=uuid4(), title=title, lessons=lessons, published=published, created_at=AT, updated_at=AT)


def _lesson(title: str, *subtopics: Subtopic, published: bool = True) -> Lesson:
    return Lesson(id=uuid4(), title=title, subtopics=subtopics, published=published, created_at=AT, updated_at=AT)


def _courses(answer: Answer) -> list[tuple[str, str, str]]:
    assert answer.status == 200, answer
    return [
        (program["Title"], course["Title"], course["Status"])
        for program in answer.json["Programs"]
        for course in program["Courses"]
    ]


def test_a_history_has_the_founding_shape(school: School) -> None:
    links = {"github_repo_link": "https://github.com/x/y", "video_link": "https://video.example/z"}
    subtopic = Subtopic(id=uuid4(), title="Definition of AI", **links)
    lesson = _lesson("AI Fundamentals", subtopic)
    module = _module("Generative AI", lesson, _lesson("hidden", published=False))
    _write_outline(school.course, module, _module("hidden", published=False))
    school.consume(school.progress(60), school.result("83"))
    answer = _history(school)
    assert answer.status == 200, answer
    assert answer.json == {
        "StudentRollNo": school.student.roll_no,
        "Programs": [
            {
                "ProgramId": str(school.program),
                "Title": "Agentic AI",
                "Courses": [
                    {
                        "CourseId": str(school.course),
                        "Title": "AI-201",
                        "Status": "in-progress",
                        "CompletionPercentage": 60,
                        "Grade": "B",
                        "Chapters": [
                            {
                                "ChapterId": str(module.id),
                                "Title": "Generative AI",
                                "Topics": [
                                    {
                                        "TopicId": str(lesson.id),
                                        "Title": "AI Fundamentals",
                                        "Subtopics": [
                                            {
                                                "SubtopicId": str(subtopic.id),
                                                "Title": "Definition of AI",
                                                "GitHubRepoLink": links["github_repo_link"],
                                                "VideoLink": links["video_link"],
                                            }
                                        ],
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_who_never_enrolled_has_an_empty_history(school: School) -> None:
    newcomer = sign_in("student")
    assert _history(school, newcomer).json == {"StudentRollNo": newcomer.roll_no, "Programs": []}


def test_completed_and_dropped_courses_of_several_programs_are_in_it(school: School) -> None:
    second = school.add_program("Cloud")
    done, dropped = school.add_course("CL-1", second), school.add_course("AI-101")
    school.add_student(school.student, done, "completed")
    school.add_student(school.student, dropped, "dropped")
    _write_outline(dropped, _module("x"))
    answer = _history(school)
    assert _courses(answer) == [
        ("Agentic AI", "AI-201", "in-progress"),
        ("Agentic AI", "AI-101", "dropped"),
        ("Cloud", "CL-1", "completed"),
    ]
    courses = answer.json["Programs"][0]["Courses"]
    assert courses[0]["Chapters"] == []
    assert "Chapters" not in courses[1]
    assert courses[1]["Grade"] is None


def test_a_grade_that_a_teacher_gave_is_the_one_shown(school: School) -> None:
    school.consume(school.result("50"))
    school.write(grade="C", reason="Appeal.")
    assert _history(school).json["Programs"][0]["Courses"][0]["Grade"] == "C"


def test_a_deleted_course_stays_in_the_history_as_its_last_event_has_it(school: School) -> None:
    from lms import roster
    from lms.dynamo import transaction

    school.add_student(school.student, school.course, "completed")
    school.consume(
        ProgramUpdated(program_id=school.program, title="Agentic", version=2),
        ProgramCreated(program_id=school.program, title="Agents", version=1),
        school.course_event("AI-202", 2),
        school.course_event("AI-201", 1, CourseCreated),
        CourseDeleted(course_id=school.course, program_id=school.program, version=3),
        ProgramDeleted(program_id=school.program, version=3),
    )
    with transaction() as tx:
        roster.remove_course(tx, school.course, title=school.course_title(school.course))
        roster.remove_program(tx, school.program)
    assert _courses(_history(school)) == [("Agentic", "AI-202", "completed")]


def test_a_course_deleted_before_its_events_came_is_left_out(school: School) -> None:
    from lms import roster
    from lms.dynamo import transaction

    school.consume(school.result("50"))
    with transaction() as tx:
        roster.remove_course(tx, school.course, title=school.course_title(school.course))
    assert _courses(_history(school)) == []


def test_a_teacher_sees_the_students_history_in_their_own_courses(school: School) -> None:
    other, dropped = school.add_course("AI-301"), school.add_course("AI-302")
    school.add_student(school.student, other)
    school.add_student(school.student, dropped, "dropped")
    school.assign(school.teacher, dropped)
    roll_no = school.student.roll_no
    assert roll_no is not None
    assert _courses(_history(school, school.teacher, roll_no)) == [("Agentic AI", "AI-201", "in-progress")]
    assert _courses(_history(school, school.teacher, roll_no.lower())) == [("Agentic AI", "AI-201", "in-progress")]
    assert len(_courses(_history(school, school.admin, roll_no))) == 3


def test_whose_history_may_not_be_seen(school: School) -> None:
    stranger, other = sign_in("student"), sign_in("teacher")
    school.assign(other, school.add_course())
    for roll_no in (school.student.roll_no, "NOBODY"):
        assert _history(school, stranger, roll_no).status == 403
        assert _history(school, other, roll_no).status == 403
    assert _history(school, school.admin, "NOBODY").status == 404
    for person in (school.admin, school.teacher):
        assert _history(school, person).status == 422
    assert _history(school, school.student, school.student.roll_no).status == 200


@pytest.mark.parametrize("roll_no", ["", "x y", "a@example.com", "x" * 65, "é", "\x00"])
def test_what_is_no_roll_number_is_refused(school: School, roll_no: str) -> None:
    assert _history(school, school.admin, roll_no).status == 422
    assert school.http.get("/students", token=school.admin.token, query={"roll_no": roll_no}).status == 422


def test_a_history_takes_few_reads_however_many_courses_it_has(school: School, reads: list[str]) -> None:
    school.fill(24)
    _history(school)
    reads.clear()
    assert len(_courses(_history(school))) == 24
    assert reads == ["Query", "Query", "BatchGetItem"]
