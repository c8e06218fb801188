"""The gradebook of a course: its class with grades, attendance, progress and the score of each exam."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from lms import roster
from lms.errors import Conflict
from lms.pages import PageRequest, Position
from lms.refusals import CourseNotFound
from student import rules
from student.rules import Exam
from student.schemas import ExamScore, GradebookExam, GradebookPage, GradebookRow
from student.service.courses import Course, find_courses
from student.service.enrollments import blank, enrollment
from student.tables import ReportCard

# The name and the card of each, and two items of the course: what one read can have.
_ROWS_AT_ONCE = 49
_MEMBERS_AT_ONCE = 1_000
# Read and written in half the time that a function has, and a quarter of what it may answer.
_MOST_IN_A_FILE = 10_000
_COLUMNS = ("Roll number", "Name", "Status", "Grade", "Percentage", "Attendance", "Completion")
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ClassTooLarge(Conflict):
    code = "class-too-large"
    detail = "This class is too large for one file. Read the gradebook page by page."


class File(NamedTuple):
    text: str
    disposition: str


def page(course_id: UUID, paging: PageRequest) -> GradebookPage:
    """Rows of the active and completed students; raises `CourseNotFound`."""
    members, after = roster.class_of([course_id], "student", roster.ENROLLED, paging.at_most(_ROWS_AT_ONCE))
    course, rows = _read(course_id, members)
    listed = paging.page(rows, after)
    exams = [
        GradebookExam(exam_id=exam_id, exam_title=exam.title, weight=exam.weight) for exam_id, exam in _exams(course)
    ]
    return GradebookPage(
        items=listed.items, next=listed.next, course_id=course_id, course_title=course.title, exams=exams
    )


def file(course_id: UUID) -> File:
    """The whole class as CSV that spreadsheets open (RFC 4180, with the mark of UTF-8).

    Raises `CourseNotFound`, `ClassTooLarge`.
    """
    course, _ = _read(course_id, [])
    if roster.count_class(course_id) > _MOST_IN_A_FILE:
        raise ClassTooLarge
    exams = _exams(course)
    text = StringIO()
    # Without the mark, Excel takes the file for text of the computer's own code page.
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow(map(_cell, [*_COLUMNS, *(exam.title for _, exam in exams)]))
    for members in _class(course_id):
        lines.writerows(_line(row, exams) for row in _read(course_id, members)[1])
    return File(text.getvalue(), _disposition(course))


def _class(course_id: UUID) -> Iterator[Sequence[roster.Membership]]:
    """The whole class, as many at once as one read can have."""
    at: Position | None = Position(0, None)
    while at is not None:
        members, at = roster.class_of([course_id], "student", roster.ENROLLED, PageRequest.at(at, _MEMBERS_AT_ONCE))
        for begin in range(0, len(members), _ROWS_AT_ONCE):
            yield members[begin : begin + _ROWS_AT_ONCE]


def _read(course_id: UUID, members: Sequence[roster.Membership]) -> tuple[Course, list[GradebookRow]]:
    users = [roster.user_key(member.person_id) for member in members]
    cards = [(ReportCard, member.person_id, course_id) for member in members]
    courses, [card, *found] = find_courses([course_id], [roster.course_key(course_id), *users, *cards])
    if card is None:
        raise CourseNotFound
    course = courses[course_id]
    rows = [
        _row(member, course, user, known)
        for member, user, known in zip(members, found[: len(users)], found[len(users) :], strict=True)
    ]
    return course, rows


def _row(member: roster.Membership, course: Course, user: roster.User | None, known: ReportCard | None) -> GradebookRow:
    card = known or blank(member.person_id, course.id)
    enrolled = enrollment(member, course, card)
    marks = rules.marks(card.facts, course.exams)
    return GradebookRow(
        student_id=member.person_id,
        student_name=user.name if user else None,
        roll_no=user.roll_no if user else None,
        status=member.status,
        grade=enrolled.grade,
        grade_percentage=enrolled.report.percentage,
        attendance=enrolled.report.attendance,
        completion_percentage=card.facts.progress.percentage,
        scores=[
            ExamScore(exam_id=each, exam_title=course.exam_title(each), score=mark.score)
            for each, mark in sorted(marks.items())
        ],
        version=card.version or 0,
    )


def _exams(course: Course) -> list[tuple[UUID, Exam]]:
    """Those that count, in the order in which they were made."""
    return sorted((exam_id, exam) for exam_id, exam in course.exams.items() if not exam.cancelled)


def _line(row: GradebookRow, exams: Sequence[tuple[UUID, Exam]]) -> list[object]:
    scores = {each.exam_id: each.score for each in row.scores}
    known = (row.roll_no, row.student_name, row.status, row.grade)
    numbers = (row.grade_percentage, row.attendance, row.completion_percentage)
    return [*map(_cell, known), *numbers, *(scores.get(exam_id) for exam_id, _ in exams)]


def _cell(text: str | None) -> str | None:
    """Text that no spreadsheet takes for a formula: names are what people typed."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text


def _disposition(course: Course) -> str:
    return f"attachment; filename=\"gradebook.csv\"; filename*=UTF-8''{quote(course.title or 'gradebook', safe='')}.csv"
