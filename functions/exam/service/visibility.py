"""Which exams a caller may know of."""

from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from exam.tables import Exam, QuestionId, shelf_of
from lms import access, roster
from lms.errors import Forbidden, NotFound
from lms.tokens import Caller


def find(exam_id: UUID) -> Exam:
    """An exam that is not deleted; raises `NotFound`."""
    try:
        return present(Exam.get(exam_id, consistent_read=True))
    except DoesNotExist:
        raise not_found() from None


def present(exam: Exam | None) -> Exam:
    """The exam, unless it is none or a tombstone: then raises `NotFound`."""
    if exam is None or is_deleted(exam):
        raise not_found()
    return exam


def is_deleted(exam: Exam) -> bool:
    return bool(exam.shelf == shelf_of(exam.course_id, "deleted"))


def seen_by(caller: Caller, exam_id: UUID) -> Exam:
    """An exam that the caller knows of: students of published ones; raises `NotFound` for all others."""
    exam = find(exam_id)
    if access.teaches_or_manages(caller, exam.course_id):
        return exam
    if exam.published and access.is_enrolled(caller, exam.course_id):
        return exam
    raise not_found()


def taught_by(caller: Caller, exam_id: UUID) -> Exam:
    """An exam of a course that the caller teaches or administers; raises `NotFound` for all others."""
    return taught(caller, find(exam_id))


def taught(caller: Caller, found: Exam | None) -> Exam:
    """As `taught_by`, of an exam that was read, or looked for in vain."""
    exam = present(found)
    if not access.teaches_or_manages(caller, exam.course_id):
        raise not_found()
    return exam


def taught_with_student(caller: Caller, exam_id: UUID, student_id: UUID) -> Exam:
    """As `taught_by`, where the path names a student: a stranger gets `Forbidden`, whatever exists."""
    try:
        exam = taught_by(caller, exam_id)
    except NotFound:
        if caller.role == "admin":
            raise
        raise Forbidden("Teachers of this course and administrators may do this.") from None
    if roster.enrollment_of(student_id, exam.course_id) is None:
        raise NotFound("The student does not belong to this course.")
    return exam


def exam_of_question(caller: Caller, question_id: UUID) -> Exam:
    """The exam that a question is in, under the rule of `taught_by`."""
    try:
        pointer = QuestionId.get(question_id, consistent_read=True)
    except DoesNotExist:
        raise not_found() from None
    return taught_by(caller, pointer.exam_id)


def not_found() -> NotFound:
    """One text for all that is behind an opaque id: it must not tell what exists."""
    return NotFound("There is nothing here that you may see.")
