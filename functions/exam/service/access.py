"""Which exams and attempts a caller has access to. What belongs to a deleted course is found by no one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from exam.rules.standing import Standing
from exam.service import standings
from exam.tables import Exam, QuestionId, StoredAnswers, StoredStanding
from lms import access, roster
from lms.callers import Caller
from lms.dynamo import Key, read_together
from lms.errors import InvalidField, NotFound
from lms.refusals import NotCourseMember, NotCourseTeacher

CourseMembership = tuple[roster.Course | None, access.CourseAccess]
"""A course, None if it does not exist, and how one of its people stands to it."""


class StudentAccess(NamedTuple):
    """An exam that a student may see, its course, and how they stand to it."""

    exam: Exam
    course: roster.Course
    standing: Standing
    is_enrolled: bool


class NotAccessible(NotFound):
    """The same whether something does not exist or the caller may not see it, so that it reveals nothing."""

    detail = "This does not exist, or you do not have access to it."


class StudentNotInCourse(NotFound):
    detail = "The student does not belong to this course."


class UnknownStudent(InvalidField):
    field = ("studentId",)
    code = "unknown"
    detail = "The student does not belong to this course."


def find(exam_id: UUID) -> Exam:
    """An exam that is not deleted; raises `NotAccessible`."""
    return _present(Exam.find(exam_id))


def _present(exam: Exam | None) -> Exam:
    if exam is None or exam.is_deleted:
        raise NotAccessible
    return exam


def taught_by(caller: Caller, exam_id: UUID) -> Exam:
    """An exam of a course that the caller teaches or administers; raises `NotAccessible` for all others."""
    exam, _ = taught_in_course(caller, exam_id)
    return exam


def taught_in_course(caller: Caller, exam_id: UUID) -> tuple[Exam, roster.Course]:
    """As `taught_by`, and the course."""
    exam = find(exam_id)
    course, level = in_course(caller, exam.course_id)
    if course is None or level != "teacher":
        raise NotAccessible
    return exam, course


def in_course(caller: Caller, course_id: UUID) -> tuple[roster.Course | None, access.CourseAccess | None]:
    """A course, None if it does not exist, and how the caller stands to it."""
    course, *membership = read_together([roster.course_key(course_id), *_membership_keys(caller, course_id)])
    return course, access.course_access(caller, next(iter(membership), None))


def as_member(caller: Caller, course_id: UUID) -> CourseMembership:
    """As `in_course`; raises `NotCourseMember` for callers who do not belong to the course, existing or not."""
    course, level = in_course(caller, course_id)
    if level is None:
        raise NotCourseMember
    return course, level


def taught_with_student(caller: Caller, exam_id: UUID, student_id: UUID, now: datetime) -> tuple[Exam, Standing]:
    """As `taught_by`, where the path names a student, who must belong to the course (`StudentNotInCourse`).

    Other teachers get `NotCourseTeacher`, whatever exists.
    """
    exam = Exam.find(exam_id)
    if exam is None or exam.is_deleted:
        raise NotAccessible if caller.role == "admin" else NotCourseTeacher
    course, level, is_member, user, stored = _with_student(caller, exam, student_id)
    if level != "teacher":
        raise NotCourseTeacher
    if course is None:
        raise NotAccessible
    if not is_member:
        raise StudentNotInCourse
    return exam, standings.named(standings.of(exam, stored, student_id, now), user)


def standing_by_teacher(caller: Caller, exam_id: UUID, student_id: UUID, now: datetime) -> Standing:
    """As `taught_by`, where the body names a student: raises `UnknownStudent` for one who never was in the course."""
    exam = find(exam_id)
    course, level, is_member, user, stored = _with_student(caller, exam, student_id)
    if course is None or level != "teacher":
        raise NotAccessible
    if not is_member:
        raise UnknownStudent
    return standings.named(standings.of(exam, stored, student_id, now), user)


def _with_student(
    caller: Caller, exam: Exam, student_id: UUID
) -> tuple[roster.Course | None, access.CourseAccess | None, bool, roster.User | None, StoredStanding | None]:
    course, member, user, stored, *membership = read_together(
        [
            roster.course_key(exam.course_id),
            roster.membership_key("student", student_id, exam.course_id),
            roster.user_key(student_id),
            (StoredStanding, exam.id, student_id),
            *_membership_keys(caller, exam.course_id),
        ]
    )
    level = access.course_access(caller, next(iter(membership), None))
    return course, level, member is not None, user, stored


def _membership_keys(caller: Caller, course_id: UUID) -> list[Key]:
    return [] if caller.role == "admin" else [roster.membership_key(caller.role, caller.id, course_id)]


def as_student(caller: Caller, exam_id: UUID, now: datetime) -> Standing:
    """A student's standing in a published exam.

    Students who are no longer enrolled still see an exam that they began or have a result of. Raises `NotAccessible`
    for all others.
    """
    return of_student(caller, exam_id, now).standing


def to_begin(caller: Caller, exam_id: UUID, now: datetime) -> tuple[Standing, bool]:
    """As `as_student`, and whether the student is enrolled.

    Raises `NotInGoodStanding` for students who are suspended, or have withdrawn or graduated.
    """
    reading = of_student(caller, exam_id, now, [roster.student_status_key(caller.id)])
    return reading.standing, reading.is_enrolled


def of_student(caller: Caller, exam_id: UUID, now: datetime, status_key: Sequence[Key] = ()) -> StudentAccess:
    """As `as_student`, with all that was read; `status_key`: where to find whether the student is in good standing."""
    exam = find(exam_id)
    course, membership, user, stored, *student_status = read_together(
        [
            roster.course_key(exam.course_id),
            roster.membership_key("student", caller.id, exam.course_id),
            roster.user_key(caller.id),
            (StoredStanding, exam_id, caller.id),
            *status_key,
        ]
    )
    standing = standings.named(standings.of(exam, stored, caller.id, now), user)
    is_enrolled = access.course_access(caller, membership) is not None
    if course is None or not exam.published or not (is_enrolled or standing.has_part):
        raise NotAccessible
    access.require_good_standing(next(iter(student_status), None))
    return StudentAccess(exam, course, standing, is_enrolled)


def own_attempt(attempt_id: UUID, caller: Caller, *, to_submit: bool = False) -> tuple[Standing, StoredAnswers]:
    """A student's own attempt: their standing in its exam, enrolled or not, and its answers.

    Raises `NotAccessible`, and `NotInGoodStanding` for students who would submit it and are suspended, or have
    withdrawn or graduated.
    """
    answers = StoredAnswers.find(attempt_id)
    if answers is None or answers.student_id != caller.id:
        raise NotAccessible
    course, user, exam, stored, *student_status = read_together(
        [
            roster.course_key(answers.course_id),
            roster.user_key(caller.id),
            (Exam, answers.exam_id, None),
            (StoredStanding, answers.exam_id, caller.id),
            *([roster.student_status_key(caller.id)] if to_submit else []),
        ]
    )
    if course is None:
        raise NotAccessible
    access.require_good_standing(next(iter(student_status), None))
    standing = standings.named(stored.standing(_present(exam).settings()), user)
    standings.require_read_together(standing, answers)
    return standing, answers


def taught_attempt(attempt_id: UUID, caller: Caller, now: datetime) -> tuple[Standing, StoredAnswers]:
    """An attempt in a course that the caller teaches or administers: its student's standing, and its answers.

    Raises `NotAccessible` for all others.
    """
    answers = StoredAnswers.find(attempt_id)
    if answers is None:
        raise NotAccessible
    course, user, exam, stored, *membership = read_together(
        [
            roster.course_key(answers.course_id),
            roster.user_key(answers.student_id),
            (Exam, answers.exam_id, None),
            (StoredStanding, answers.exam_id, answers.student_id),
            *_membership_keys(caller, answers.course_id),
        ]
    )
    if course is None or access.course_access(caller, next(iter(membership), None)) != "teacher":
        raise NotAccessible
    standing = standings.named(standings.of(_present(exam), stored, answers.student_id, now), user)
    standings.require_read_together(standing, answers)
    return standing, answers


def exam_of_question(caller: Caller, question_id: UUID) -> Exam:
    """The exam that a question is in, under the rule of `taught_by`."""
    pointer = QuestionId.find(question_id)
    if pointer is None:
        raise NotAccessible
    return taught_by(caller, pointer.exam_id)
