"""Student's screens: a student of a hundred courses, and a course of a hundred and twenty students."""

from collections.abc import Iterator
from typing import Any

from benchmarks.meter import Row
from student.tables import ReportCard
from tests.conftest import Clock
from tests.people import Person, publish_key
from tests.student.conftest import School

COURSES, CLASS = 100, 120


def rows() -> Iterator[Row]:
    publish_key()
    school = School(Clock())
    school.fill(COURSES)
    with ReportCard.batch_write() as batch:
        for student_id in school.add_class(CLASS):
            at = school.clock()
            batch.save(ReportCard(student_id=student_id, course_id=school.course, created_at=at, updated_at=at))
    student, teacher = school.student, school.teacher
    # The institute's settings are read once a minute, whoever asks.
    school.own_courses()

    def row(endpoint: str, caller: Person, path: str, most_calls: int, **query: str) -> Row:
        def call() -> Any:
            return school.http.get(path, token=caller.token, query=query)

        return Row(f"GET {endpoint}", caller.role, call, most_calls=most_calls)

    own, of_course = f"/students/{student.id}", f"/courses/{school.course}/reportCards"
    yield row("/student/courses", student, "/student/courses", 3)
    yield row("/student/attendance", student, "/student/attendance", 3)
    yield row("/student/reportCards", student, "/student/reportCards", 3)
    yield row("/students/{id}/reportCards", teacher, f"{own}/reportCards", 4)
    # The student beside a hundred courses is one key more than a read can have; terms are one read more as well.
    yield row("/students/{id}/transcript", student, f"{own}/transcript", 4)
    yield row("/courses/{id}/reportCards", teacher, of_course, 3)
    yield row("/courses/{id}/reportCards, 49 rows", teacher, of_course, 3, limit="100")
    # 121 students by 49, the course, its class by status, twice: counted, and read.
    yield row("/courses/{id}/reportCards as a file", teacher, of_course, 9, format="csv")
