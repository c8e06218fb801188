"""The rules of enrolment and of searches: values in, decisions out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.enrollment import EnrollmentStatus
from lms.errors import Conflict, InvalidField, Problem
from lms.refusals import NotInGoodStanding
from lms.texts import uniqueness_key


class UnknownStudent(InvalidField):
    field = ("studentId",)
    code = "unknown"
    detail = "There is no such student, or their account is disabled."


class AlreadyEnrolled(Conflict):
    code = "enrolled"
    detail = "The student is already enrolled."


class EnrollmentClosed(Conflict):
    code = "closed"
    detail = "The course is not open for enrolment."


class CourseFull(Conflict):
    code = "full"
    detail = "The course is full."


class CourseUnpaid(Conflict):
    code = "unpaid"
    detail = "The student has to pay for the course first."


class LeftBefore(Conflict):
    code = "left"
    detail = "The student has dropped the course before."


class EnrollmentCompleted(Conflict):
    code = "completed"
    detail = "The student has completed the course."


class EnrollmentDropped(Conflict):
    code = "dropped"
    detail = "The student has dropped the course; enrol them again."


@dataclass(frozen=True)
class Admission:
    """On what terms a course takes students; `capacity` None: any number."""

    open: bool
    capacity: int | None
    taken: int
    requires_payment: bool

    @property
    def full(self) -> bool:
        return self.capacity is not None and self.taken >= self.capacity


def seats_left(capacity: int, taken: int) -> int:
    """How many seats a course still has: none, too, where the capacity was lowered below what is taken."""
    return max(0, capacity - taken)


def is_paid(payments: Sequence[tuple[Decimal, str]], fee: Decimal | None, currency: str) -> bool:
    """Whether a student's payments (amounts and currencies) reach a course's fee; without a fee, any payment does."""
    if fee is None:
        return bool(payments)
    return sum((amount for amount, paid_in in payments if paid_in == currency), Decimal(0)) >= fee


@dataclass(frozen=True)
class Applicant:
    """Who is to be enrolled: an enabled student or somebody else, their status in the course, whether they paid, and
    whether they may come back if they dropped it."""

    is_student: bool
    in_good_standing: bool
    status: EnrollmentStatus | None
    paid: bool
    may_return: bool = True


def judge(applicants: Sequence[Applicant], admission: Admission) -> list[Problem | None]:
    """Each applicant's refusal, None for those who get a seat: first come, first served."""
    refusals: list[Problem | None] = []
    for applicant in applicants:
        refusal = _refusal(applicant, admission)
        refusals.append(refusal)
        if refusal is None:
            admission = replace(admission, taken=admission.taken + 1)
    return refusals


def _refusal(applicant: Applicant, admission: Admission) -> Problem | None:
    if not applicant.is_student:
        return UnknownStudent()
    if not applicant.in_good_standing:
        return NotInGoodStanding()
    if applicant.status not in (None, "dropped"):
        return AlreadyEnrolled()
    if applicant.status == "dropped" and not applicant.may_return:
        return LeftBefore()
    if not admission.open:
        return EnrollmentClosed()
    if admission.full:
        return CourseFull()
    if admission.requires_payment and not applicant.paid:
        return CourseUnpaid()
    return None


def require_droppable(status: EnrollmentStatus) -> None:
    """Raises `EnrollmentCompleted`: a course that was completed stays so."""
    if status == "completed":
        raise EnrollmentCompleted


def require_changeable(old: EnrollmentStatus, new: EnrollmentStatus, admission: Admission) -> None:
    """Raises `EnrollmentDropped`, and `CourseFull` where the change needs a seat."""
    if old == "dropped":
        raise EnrollmentDropped
    if seats_freed(old, new) < 0 and admission.full:
        raise CourseFull


def seats_freed(old: EnrollmentStatus, new: EnrollmentStatus) -> int:
    """How many seats a change of status gives back: only active students sit on one."""
    return (old == "active") - (new == "active")


# More words than a title of 200 characters has, but for a title made of single letters.
_WORDS_INDEXED = 40
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The different words of a title or a search, as the catalogue compares them."""
    return list(dict.fromkeys(_WORD.findall(uniqueness_key(text))))[:_WORDS_INDEXED]


def is_match(title: Sequence[str], word: str, searched: Sequence[str]) -> bool:
    """Whether the entry of `word` stands for its title: every searched word begins one of the title's.

    A title with several words that begin so is found by the first of them alone.
    """
    longest = max(searched, key=len, default="")
    first = min((known for known in title if known.startswith(longest)), default="")
    return word in ("", first) and all(any(known.startswith(part) for known in title) for part in searched)
