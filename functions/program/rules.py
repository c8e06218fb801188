"""The rules of enrolment: values in, decisions out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.enrollment import EnrollmentStatus
from lms.errors import Conflict, InvalidField, Problem
from lms.refusals import NotInGoodStanding


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


class EnrollmentCompleted(Conflict):
    code = "completed"
    detail = "The student has completed the course."


class EnrollmentDropped(Conflict):
    code = "dropped"
    detail = "The student has dropped the course; enrol them again."


@dataclass(frozen=True)
class Terms:
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
    """Who is to be enrolled: an enabled student or somebody else, their status in the course, whether they paid."""

    is_student: bool
    in_good_standing: bool
    status: EnrollmentStatus | None
    paid: bool


def judge(applicants: Sequence[Applicant], terms: Terms) -> list[Problem | None]:
    """Each applicant's refusal, None for those who get a seat: first come, first served."""
    refusals: list[Problem | None] = []
    for applicant in applicants:
        refusal = _refusal(applicant, terms)
        refusals.append(refusal)
        if refusal is None:
            terms = replace(terms, taken=terms.taken + 1)
    return refusals


def _refusal(applicant: Applicant, terms: Terms) -> Problem | None:
    if not applicant.is_student:
        return UnknownStudent()
    if not applicant.in_good_standing:
        return NotInGoodStanding()
    if applicant.status not in (None, "dropped"):
        return AlreadyEnrolled()
    if not terms.open:
        return EnrollmentClosed()
    if terms.full:
        return CourseFull()
    if terms.requires_payment and not applicant.paid:
        return CourseUnpaid()
    return None


def require_droppable(status: EnrollmentStatus) -> None:
    """Raises `EnrollmentCompleted`: a course that was completed stays so."""
    if status == "completed":
        raise EnrollmentCompleted


def require_changeable(old: EnrollmentStatus, new: EnrollmentStatus, terms: Terms) -> None:
    """Raises `EnrollmentDropped`, and `CourseFull` where the change needs a seat."""
    if old == "dropped":
        raise EnrollmentDropped
    if seats_freed(old, new) < 0 and terms.full:
        raise CourseFull


def seats_freed(old: EnrollmentStatus, new: EnrollmentStatus) -> int:
    """How many seats a change of status gives back: only active students sit on one."""
    return (old == "active") - (new == "active")
