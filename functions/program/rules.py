"""The rules of enrolment and of titles: values in, decisions out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Status = Literal["active", "completed", "dropped"]
Refusal = Literal["already-enrolled", "closed", "full", "standing", "unpaid", "unknown"]


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


def is_paid(payments: Sequence[tuple[Decimal, str]], fee: Decimal | None, currency: str) -> bool:
    """Whether a student's payments for a course (amounts and currencies) reach its fee; with no fee, any one does."""
    if fee is None:
        return bool(payments)
    return sum((amount for amount, paid_in in payments if paid_in == currency), Decimal(0)) >= fee


@dataclass(frozen=True)
class Applicant:
    """Who asks to be enrolled: a student who is not disabled or somebody else, how they belong to the course by now,
    whether they paid."""

    is_student: bool
    in_good_standing: bool
    status: Status | None
    paid: bool


def judge(applicants: Sequence[Applicant], terms: Terms) -> list[Refusal | None]:
    """Why each applicant is refused, None for those who get a seat, first come, first served."""
    answers: list[Refusal | None] = []
    for applicant in applicants:
        refusal = _refusal(applicant, terms)
        answers.append(refusal)
        if refusal is None:
            terms = replace(terms, taken=terms.taken + 1)
    return answers


def _refusal(applicant: Applicant, terms: Terms) -> Refusal | None:
    if not applicant.is_student:
        return "unknown"
    if not applicant.in_good_standing:
        return "standing"
    if applicant.status in ("active", "completed"):
        return "already-enrolled"
    if not terms.open:
        return "closed"
    if terms.full:
        return "full"
    if terms.requires_payment and not applicant.paid:
        return "unpaid"
    return None


def seats_freed(old: Status, new: Status) -> int:
    """How many seats a change of status gives back: only active students sit on one."""
    return (old == "active") - (new == "active")
