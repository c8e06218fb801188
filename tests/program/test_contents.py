"""What is taught in a course, as each caller may see it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Calls
from tests.people import sign_in
from tests.program.conftest import Program

FILE = {"key": "courses/1/lessons/2/3.pdf", "file_name": "Slides.pdf", "size": 7}
GITHUB, VIDEO = "https://github.com/x/y", "https://video.example/1"


@pytest.fixture
def course(program: Program) -> str:
    course_id = program.new_course(teacher=program.teacher)
    _write_outline(UUID(course_id))
    return course_id


def _write_outline(course_id: UUID) -> None:
    from datetime import UTC, datetime

    from lms.outline import Lesson, Module, OutlineItem, Subtopic

    times = {"created_at": datetime.now(UTC), "updated_at": datetime.now(UTC)}

    def lesson(title: str, published: bool = True) -> Lesson:
        subtopic = Subtopic(id=uuid4(), title="Definition", github_repo_link=GITHUB, video_link=VIDEO)
        return Lesson(id=uuid4(), title=title, published=published, asset=FILE, subtopics=(subtopic,), **times)

    modules = (
        Module(id=uuid4(), title="Agents", lessons=(lesson("Swarm"), lesson("Hidden", published=False)), **times),
        Module(id=uuid4(), title="Draft", published=False, lessons=(lesson("Secret"),), **times),
    )
    item = OutlineItem(course_id=course_id, updated_at=datetime.now(UTC))
    item.store(modules)
    item.save()


def details(program: Program, course: str, token: str) -> Any:
    answer = program.http.get(f"/courses/{course}/details", token=token)
    assert answer.status == 200, answer
    return answer.json["tableOfContents"]


def links(chapters: Any) -> set[str | None]:
    subtopics = [s for chapter in chapters for topic in chapter["topics"] for s in topic["subtopics"]]
    return {subtopic[name] for subtopic in subtopics for name in ("githubRepoLink", "videoLink")}


def files(chapters: Any) -> set[str | None]:
    assets = [topic["asset"] for chapter in chapters for topic in chapter["topics"]]
    return {asset and asset["fileName"] for asset in assets}


def titles(chapters: Any) -> list[Any]:
    return [(chapter["title"], [topic["title"] for topic in chapter["topics"]]) for chapter in chapters]


def test_a_student_sees_their_own_enrolment(program: Program, course: str) -> None:
    student = sign_in("student")

    def own(token: str) -> Any:
        return program.http.get(f"/courses/{course}/details", token=token).json["ownEnrollment"]

    assert (own(student.token), own(program.teacher.token)) == (None, None)
    program.enroll(course, student)
    assert own(student.token) == "active"
    assert program.drop(course, student).status == 204
    assert own(student.token) == "dropped"


def test_those_who_belong_to_a_course_see_its_links_and_files(program: Program, course: str) -> None:
    program.enroll(course)
    finished = sign_in("student")
    program.enroll(course, finished)
    program.set_status(course, finished, "completed")
    for person in (program.student, finished, program.teacher, program.admin):
        chapters = details(program, course, person.token)
        assert links(chapters) == {GITHUB, VIDEO}
        assert files(chapters) == {"Slides.pdf"}
    assert f"/{FILE['key']}?" in chapters[0]["topics"][0]["asset"]["url"]


def test_everybody_else_sees_the_titles_without_links_or_files(program: Program, course: str) -> None:
    dropped = sign_in("student")
    program.enroll(course, dropped)
    program.drop(course, dropped)
    for person in (program.student, dropped, sign_in("teacher")):
        chapters = details(program, course, person.token)
        assert links(chapters) == files(chapters) == {None}
        assert titles(chapters) == [("Agents", ["Swarm"])]
    assert program.http.get(f"/courses/{course}/details").status == 401


def test_anybody_sees_a_course_with_the_titles_of_its_published_parts(
    program: Program, course: str, calls: Calls
) -> None:
    calls.clear()
    answer = program.http.get(f"/courses/{course}/catalogue")
    assert [operation for operation, _ in calls] == ["BatchGetItem"] * 2
    assert answer.status == 200, answer
    chapters = answer.json["tableOfContents"]
    assert titles(chapters) == [("Agents", ["Swarm"])]
    assert links(chapters) == files(chapters) == {None}
    assert "ownEnrollment" not in answer.json
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert program.http.get(f"/courses/{uuid4()}/catalogue").status == 404
    assert program.http.get(f"/courses/{program.new_course()}/catalogue").json["tableOfContents"] == []


def test_unpublished_parts_are_for_the_courses_teachers(program: Program, course: str) -> None:
    whole = [("Agents", ["Swarm", "Hidden"]), ("Draft", ["Secret"])]
    for person in (program.teacher, program.admin):
        assert titles(details(program, course, person.token)) == whole
    program.enroll(course)
    assert titles(details(program, course, program.student.token)) == [("Agents", ["Swarm"])]


def test_the_topics_of_a_chapter_are_as_in_the_details(program: Program, course: str) -> None:
    shown, hidden = (chapter["chapterId"] for chapter in details(program, course, program.teacher.token))

    def topics(chapter: str, token: str) -> Any:
        return program.http.get("/courses/topics", token=token, query={"courseId": course, "chapterId": chapter})

    for person in (program.student, program.teacher):
        answer = topics(shown, person.token)
        assert (answer.status, answer.json) == (200, details(program, course, person.token)[0])
    assert topics(hidden, program.teacher.token).status == 200
    assert topics(hidden, program.student.token).status == 404
    assert topics(str(uuid4()), program.admin.token).status == 404
    other = {"courseId": str(uuid4()), "chapterId": shown}
    assert program.http.get("/courses/topics", token=program.admin.token, query=other).status == 404
    for query in ({}, {"courseId": course}, {"courseId": "x", "chapterId": shown}):
        assert program.http.get("/courses/topics", token=program.student.token, query=query).status == 422


def test_a_course_without_an_outline_has_an_empty_table_of_contents(program: Program) -> None:
    assert details(program, program.new_course(), program.student.token) == []


def test_the_details_of_a_course_are_two_reads(program: Program, course: str, calls: Calls) -> None:
    program.enroll(course)
    for person in (program.student, program.teacher, program.admin):
        details(program, course, person.token)
        calls.clear()
        details(program, course, person.token)
        assert [operation for operation, _ in calls] == ["BatchGetItem"] * 2


def test_the_schedule_is_for_those_who_belong_to_the_course(program: Program, course: str) -> None:
    def schedule(token: str | None, **query: str) -> Any:
        return program.http.get("/courses/schedule", token=token, query=query)

    assert schedule(None, courseId=course).status == 401
    assert schedule(program.student.token).status == 422
    assert schedule(program.student.token, courseId=course).status == 403
    assert schedule(sign_in("teacher").token, courseId=course).status == 403
    assert schedule(program.student.token, courseId=str(uuid4())).status == 403
    assert schedule(program.admin.token, courseId=str(uuid4())).status == 404
    program.enroll(course)
    for person in (program.student, program.teacher, program.admin):
        answer = schedule(person.token, courseId=course)
        assert (answer.status, answer.json) == (200, {"items": [], "next": None})
