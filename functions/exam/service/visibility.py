"""Which exams a caller may know of. Whatever belongs to a deleted course is not to be found by anybody."""

from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from exam.service import candidates
from exam.tables import Attempt, Candidate, Exam, QuestionId, shelf_of
from lms import access, roster
from lms.dynamo import Key, read_together
from lms.errors import Forbidden, Invalid, NotFound
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


def taught_by(caller: Caller, exam_id: UUID) -> Exam:
    """An exam of a course that the caller teaches or administers; raises `NotFound` for all others."""
    return taught(caller, find(exam_id))


def taught(caller: Caller, found: Exam | None) -> Exam:
    """As `taught_by`, of an exam that was read, or looked for in vain."""
    exam = present(found)
    course_exists, standing = in_course(caller, exam.course_id)
    if not course_exists or standing != "teaches":
        raise not_found()
    return exam


def in_course(caller: Caller, course_id: UUID) -> tuple[bool, access.Standing | None]:
    """Whether a course exists, and how the caller stands to it."""
    card, *membership = read_together([roster.course_key(course_id), *_membership_keys(caller, course_id)])
    return card is not None, access.standing(caller, next(iter(membership), None))


def taught_with_student(caller: Caller, exam_id: UUID, student_id: UUID) -> Exam:
    """As `taught_by`, where the path names a student: a stranger gets `Forbidden`, whatever exists."""
    stranger = Forbidden("Teachers of this course and administrators may do this.")
    try:
        exam = find(exam_id)
    except NotFound:
        if caller.role == "admin":
            raise
        raise stranger from None
    course_exists, standing, is_member = _with_student(caller, exam.course_id, student_id)
    if standing != "teaches":
        raise stranger
    if not course_exists:
        raise not_found()
    if not is_member:
        raise NotFound("The student does not belong to this course.")
    return exam


def taught_and_taken_by(caller: Caller, found: Exam | None, student_id: UUID) -> Exam:
    """As `taught`, where the body names a student: raises `Invalid` for one who never belonged to the course."""
    exam = present(found)
    course_exists, standing, is_member = _with_student(caller, exam.course_id, student_id)
    if not course_exists or standing != "teaches":
        raise not_found()
    if not is_member:
        raise Invalid(["body", "studentId"], "The student does not belong to this course.", "unknown")
    return exam


def _with_student(caller: Caller, course_id: UUID, student_id: UUID) -> tuple[bool, access.Standing | None, bool]:
    keys = [roster.course_key(course_id), roster.membership_key("student", student_id, course_id)]
    card, member, *membership = read_together([*keys, *_membership_keys(caller, course_id)])
    return card is not None, access.standing(caller, next(iter(membership), None)), member is not None


def _membership_keys(caller: Caller, course_id: UUID) -> list[Key]:
    return [] if caller.role == "admin" else [roster.membership_key(caller.role, caller.id, course_id)]


def seen_by_student(
    caller: Caller, exam_id: UUID, now: datetime, *, to_begin: bool = False
) -> tuple[Exam, Candidate, bool]:
    """A published exam, what a student has in it, and whether they are enrolled.

    Who is no longer enrolled still sees an exam that they began or have a result of. Raises `NotFound` for all others,
    and `Forbidden` for who would begin it and is suspended, or has withdrawn or graduated.
    """
    exam = find(exam_id)
    course, membership, known, *student_status = read_together(
        [
            roster.course_key(exam.course_id),
            roster.membership_key("student", caller.id, exam.course_id),
            (Candidate, exam_id, caller.id),
            *([roster.student_status_key(caller.id)] if to_begin else []),
        ]
    )
    candidate = known or candidates.new(exam_id, caller.id, now)
    is_enrolled = access.standing(caller, membership) is not None
    has_part = candidate.status is not None or bool(candidate.sittings())
    if course is None or not exam.published or not (is_enrolled or has_part):
        raise not_found()
    access.require_good_standing(next(iter(student_status), None))
    return exam, candidate, is_enrolled


def own(attempt: Attempt, caller: Caller, *, to_submit: bool = False) -> tuple[Exam, Candidate]:
    """The exam of a student's own attempt and what they have in it, enrolled or not.

    Raises `NotFound`, and `Forbidden` for who would submit it and is suspended, or has withdrawn or graduated.
    """
    if attempt.student_id != caller.id:
        raise not_found()
    course, exam, candidate, *student_status = read_together(
        [
            roster.course_key(attempt.course_id),
            (Exam, attempt.exam_id, None),
            (Candidate, attempt.exam_id, caller.id),
            *([roster.student_status_key(caller.id)] if to_submit else []),
        ]
    )
    if course is None:
        raise not_found()
    access.require_good_standing(next(iter(student_status), None))
    return present(exam), candidate


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
