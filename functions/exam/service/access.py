"""Which exams and attempts a caller has access to. What belongs to a deleted course is found by no one."""

from datetime import datetime
from uuid import UUID

from exam.rules.standing import Standing
from exam.service import standings
from exam.tables import Exam, QuestionId, StoredAnswers, StoredStanding
from lms import access, roster
from lms.callers import Caller
from lms.dynamo import Key, read_together
from lms.errors import InvalidField, NotFound
from lms.refusals import NotCourseTeacher


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
    exam = find(exam_id)
    _require_taught(caller, exam.course_id)
    return exam


def _require_taught(caller: Caller, course_id: UUID) -> None:
    course_exists, level = in_course(caller, course_id)
    if not course_exists or level != "teacher":
        raise NotAccessible


def in_course(caller: Caller, course_id: UUID) -> tuple[bool, access.CourseAccess | None]:
    """Whether a course exists, and how the caller stands to it."""
    card, *membership = read_together([roster.course_key(course_id), *_membership_keys(caller, course_id)])
    return card is not None, access.course_access(caller, next(iter(membership), None))


def taught_with_student(caller: Caller, exam_id: UUID, student_id: UUID) -> Exam:
    """As `taught_by`, where the path names a student, who must belong to the course (`StudentNotInCourse`).

    Other teachers get `NotCourseTeacher`, whatever exists.
    """
    exam = Exam.find(exam_id)
    if exam is None or exam.is_deleted:
        raise NotAccessible if caller.role == "admin" else NotCourseTeacher
    course_exists, level, is_member = _with_student(caller, exam.course_id, student_id)
    if level != "teacher":
        raise NotCourseTeacher
    if not course_exists:
        raise NotAccessible
    if not is_member:
        raise StudentNotInCourse
    return exam


def standing_by_teacher(caller: Caller, exam_id: UUID, student_id: UUID, now: datetime) -> Standing:
    """As `taught_by`, where the body names a student: raises `UnknownStudent` for one who never was in the course."""
    standing = _of_present_exam(standings.load(exam_id, student_id, now))
    course_exists, membership, is_member = _with_student(caller, standing.terms.course_id, student_id)
    if not course_exists or membership != "teacher":
        raise NotAccessible
    if not is_member:
        raise UnknownStudent
    return standing


def _of_present_exam(standing: Standing | None) -> Standing:
    if standing is None or standing.terms.deleted:
        raise NotAccessible
    return standing


def _with_student(caller: Caller, course_id: UUID, student_id: UUID) -> tuple[bool, access.CourseAccess | None, bool]:
    keys = [roster.course_key(course_id), roster.membership_key("student", student_id, course_id)]
    card, member, *membership = read_together([*keys, *_membership_keys(caller, course_id)])
    return card is not None, access.course_access(caller, next(iter(membership), None)), member is not None


def _membership_keys(caller: Caller, course_id: UUID) -> list[Key]:
    return [] if caller.role == "admin" else [roster.membership_key(caller.role, caller.id, course_id)]


def as_student(caller: Caller, exam_id: UUID, now: datetime) -> Standing:
    """A student's standing in a published exam.

    Students who are no longer enrolled still see an exam that they began or have a result of. Raises `NotAccessible`
    for all others.
    """
    standing, _ = _of_student(caller, exam_id, now, [])
    return standing


def to_begin(caller: Caller, exam_id: UUID, now: datetime) -> tuple[Standing, bool]:
    """As `as_student`, and whether the student is enrolled.

    Raises `NotInGoodStanding` for students who are suspended, or have withdrawn or graduated.
    """
    return _of_student(caller, exam_id, now, [roster.student_status_key(caller.id)])


def _of_student(caller: Caller, exam_id: UUID, now: datetime, status_key: list[Key]) -> tuple[Standing, bool]:
    exam = find(exam_id)
    course, membership, stored, *student_status = read_together(
        [
            roster.course_key(exam.course_id),
            roster.membership_key("student", caller.id, exam.course_id),
            (StoredStanding, exam_id, caller.id),
            *status_key,
        ]
    )
    standing = standings.of(exam, stored, caller.id, now)
    is_enrolled = access.course_access(caller, membership) is not None
    if course is None or not exam.published or not (is_enrolled or standing.has_part):
        raise NotAccessible
    access.require_good_standing(next(iter(student_status), None))
    return standing, is_enrolled


def own_attempt(attempt_id: UUID, caller: Caller, *, to_submit: bool = False) -> tuple[Standing, StoredAnswers]:
    """A student's own attempt: their standing in its exam, enrolled or not, and its answers.

    Raises `NotAccessible`, and `NotInGoodStanding` for students who would submit it and are suspended, or have
    withdrawn or graduated.
    """
    answers = StoredAnswers.find(attempt_id)
    if answers is None or answers.student_id != caller.id:
        raise NotAccessible
    course, exam, stored, *student_status = read_together(
        [
            roster.course_key(answers.course_id),
            (Exam, answers.exam_id, None),
            (StoredStanding, answers.exam_id, caller.id),
            *([roster.student_status_key(caller.id)] if to_submit else []),
        ]
    )
    if course is None:
        raise NotAccessible
    access.require_good_standing(next(iter(student_status), None))
    standing = stored.standing(_present(exam).terms())
    standings.require_read_together(standing, answers)
    return standing, answers


def taught_attempt(attempt_id: UUID, caller: Caller, now: datetime) -> tuple[Standing, StoredAnswers]:
    """An attempt in a course that the caller teaches or administers: its student's standing, and its answers.

    Raises `NotAccessible` for all others.
    """
    answers = StoredAnswers.find(attempt_id)
    if answers is None:
        raise NotAccessible
    standing = _of_present_exam(standings.load(answers.exam_id, answers.student_id, now))
    _require_taught(caller, standing.terms.course_id)
    standings.require_read_together(standing, answers)
    return standing, answers


def exam_of_question(caller: Caller, question_id: UUID) -> Exam:
    """The exam that a question is in, under the rule of `taught_by`."""
    pointer = QuestionId.find(question_id)
    if pointer is None:
        raise NotAccessible
    return taught_by(caller, pointer.exam_id)
