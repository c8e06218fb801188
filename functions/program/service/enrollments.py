"""Enrolments: students enrol, drop out, complete a course, are listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from lms import access, roster
from lms.audit import audit
from lms.callers import Caller
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.enrollment import EnrollmentStatus
from lms.errors import Forbidden, InvalidField, NotFound, Problem
from lms.etags import Precondition, require_match
from lms.events.enrollments import EnrollmentEvent, StudentCompleted, StudentDropped, StudentEnrolled
from lms.events.payments import PaymentConfirmed
from lms.idempotency import IdempotentAnswer
from lms.money import amount_text
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound
from program import rules
from program.schemas import EnrollmentView
from program.service import courses
from program.tables import CoursePayments, Enrollment, Seats

# Each takes six of the hundred writes that a transaction may have, besides the seats' own.
MOST_AT_ONCE = 16

_EVENTS: dict[EnrollmentStatus, type[EnrollmentEvent]] = {
    "active": StudentEnrolled,
    "completed": StudentCompleted,
    "dropped": StudentDropped,
}


class EnrollmentNotFound(NotFound):
    detail = "There is no such enrolment."


class EnrollsAnother(Forbidden):
    detail = "You can only enrol yourself."


class StudentMissing(InvalidField):
    field = ("studentId",)
    code = "missing"
    detail = "Give the id of the student to enrol."


@dataclass(frozen=True)
class _Application:
    applicant: rules.Applicant
    card: roster.User
    course_title: str
    enrollment: Enrollment


def enroll(
    course_id: UUID, student_id: UUID | None, caller: Caller, idempotent: IdempotentAnswer, now: datetime
) -> EnrollmentView:
    """Enrols the calling student, or for an administrator the student named.

    Raises `EnrollsAnother`, `StudentMissing`, `CourseNotFound`, and what `rules.judge` answers.
    """
    if caller.role == "student" and student_id not in (None, caller.id):
        raise EnrollsAnother
    if caller.role == "admin" and student_id is None:
        raise StudentMissing
    [answer] = enroll_all(course_id, [student_id or caller.id], caller.id, now, idempotent)
    if isinstance(answer, Problem):
        raise answer
    return answer


@retry_stale
def enroll_all(
    course_id: UUID,
    student_ids: Sequence[UUID],
    actor_id: UUID | None,
    now: datetime,
    idempotent: IdempotentAnswer | None = None,
    *,
    may_return: bool = True,
) -> list[EnrollmentView | Problem]:
    """Enrols up to `MOST_AT_ONCE` different students, first come, first served: their enrolments, or refusals.

    Those refused do not hinder the others. `idempotent` is for a single student; without `may_return`, whoever dropped
    the course is refused. Raises `CourseNotFound`.
    """
    seats, applications = _read(course_id, student_ids, now, may_return=may_return)
    refusals = rules.judge([application.applicant for application in applications], _admission(seats))
    answers: list[EnrollmentView | Problem] = []
    with transaction() as tx:
        for application, refusal in zip(applications, refusals, strict=True):
            answers.append(refusal or _accept(tx, application, actor_id, now))
        accepted = [answer for answer in answers if isinstance(answer, EnrollmentView)]
        if accepted:
            _take_seats(tx, seats, len(accepted))
        if accepted and idempotent:
            idempotent.record(tx, accepted[0], location=location(accepted[0]))
    return answers


def _read(
    course_id: UUID, student_ids: Sequence[UUID], now: datetime, *, may_return: bool
) -> tuple[Seats, list[_Application]]:
    seats, course, *found = read_together(
        [
            (Seats, course_id, None),
            roster.course_key(course_id),
            *((Enrollment, course_id, student_id) for student_id in student_ids),
            *((CoursePayments, course_id, student_id) for student_id in student_ids),
            *(roster.user_key(student_id) for student_id in student_ids),
            *(roster.student_status_key(student_id) for student_id in student_ids),
        ]
    )
    if seats is None or course is None:
        raise CourseNotFound
    number = len(student_ids)
    columns = (found[begin : begin + number] for begin in range(0, len(found), number))
    by_student = zip(student_ids, *columns, strict=True)
    return seats, [
        _Application(
            rules.Applicant(
                is_student=card is not None and card.role == "student" and card.status != "disabled",
                in_good_standing=access.is_in_good_standing(student_status),
                status=enrollment and enrollment.status,
                paid=_is_paid(seats, paid),
                may_return=may_return,
            ),
            card,
            course.title,
            enrollment or Enrollment(course_id=course_id, student_id=student_id, created_at=now),
        )
        for student_id, enrollment, paid, card, student_status in by_student
    ]


def _is_paid(seats: Seats, paid: CoursePayments | None) -> bool:
    payments = [(Decimal(amount), currency) for amount, currency in paid.vouchers.values()] if paid else []
    return rules.is_paid(payments, Decimal(seats.fee) if seats.fee else None, seats.currency)


def _accept(tx: Transaction, application: _Application, actor_id: UUID | None, now: datetime) -> EnrollmentView:
    roster.require_user(tx, application.card, joining_at=now)
    roster.require_active_student(tx, application.enrollment.student_id)
    _audit(tx, application.enrollment, "active", actor_id, now)
    version = _set_status(tx, application.enrollment, "active", now)
    return _view(application.enrollment, application.course_title, application.card, version)


@retry_stale
def drop(course_id: UUID, student_id: UUID, actor_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Ends an active enrolment; raises `EnrollmentNotFound`, `EnrollmentCompleted`, `PreconditionFailed`."""
    enrollment, seats = read_together([(Enrollment, course_id, student_id), (Seats, course_id, None)])
    if enrollment is None or seats is None or enrollment.status == "dropped":
        raise EnrollmentNotFound
    rules.require_droppable(status_of(enrollment))
    require_match(enrollment.version, if_match)
    with transaction() as tx:
        _audit(tx, enrollment, "dropped", actor_id, now)
        _drop(tx, enrollment, now)


@retry_stale
def set_status(
    course_id: UUID, student_id: UUID, status: EnrollmentStatus, actor_id: UUID, if_match: Precondition, now: datetime
) -> EnrollmentView:
    """Completes an enrolment, or makes it active again if there is a seat.

    Raises `EnrollmentNotFound`, `EnrollmentDropped`, `CourseFull`, `PreconditionFailed`.
    """
    enrollment, seats, course, card = read_together(
        [
            (Enrollment, course_id, student_id),
            (Seats, course_id, None),
            roster.course_key(course_id),
            roster.user_key(student_id),
        ]
    )
    if enrollment is None or seats is None or course is None or card is None or card.role != "student":
        raise EnrollmentNotFound
    rules.require_changeable(status_of(enrollment), status, _admission(seats))
    require_match(enrollment.version, if_match)
    if enrollment.status == status:
        return _view(enrollment, course.title, card, enrollment.version)
    with transaction() as tx:
        if status == "active":
            roster.require_user(tx, card, joining_at=now)
            _take_seats(tx, seats, 1)
        else:
            _free_seat(tx, course_id)
        _audit(tx, enrollment, status, actor_id, now)
        version = _set_status(tx, enrollment, status, now)
    return _view(enrollment, course.title, card, version)


@retry_stale
def drop_all(student_id: UUID, now: datetime) -> None:
    """Ends every active enrolment of an erased student, so that others can have the seats."""
    for membership in roster.courses_of("student", student_id):
        if membership.status == "active":
            with transaction() as tx:
                _drop(tx, Enrollment.get(membership.course_id, student_id, consistent_read=True), now)


@retry_stale
def complete(student_id: UUID, course_id: UUID, now: datetime) -> None:
    """Completes the enrolment of a student who has done every lesson.

    Once: a teacher may make it active again, and later or repeated events leave it so.
    """
    [enrollment] = read_together([(Enrollment, course_id, student_id)])
    if enrollment is None or enrollment.learned_all or enrollment.status == "dropped":
        return
    freed = rules.seats_freed(status_of(enrollment), "completed")
    enrollment.learned_all = True
    with transaction() as tx:
        _set_status(tx, enrollment, "completed", now)
        if freed:
            _free_seat(tx, course_id)


@retry_stale
def record_payment(payment: PaymentConfirmed) -> None:
    """Adds a voucher to what its student has paid for the course; a repeated event changes nothing."""
    [paid] = read_together([(CoursePayments, payment.course_id, payment.student_id)])
    paid = paid or CoursePayments(course_id=payment.course_id, student_id=payment.student_id)
    if payment.voucher_no not in paid.vouchers:
        paid.vouchers = {**paid.vouchers, payment.voucher_no: [amount_text(payment.fee), payment.currency]}
        with transaction() as tx:
            tx.put(paid)


def list_enrollments(course_id: UUID, status: EnrollmentStatus | None, paging: PageRequest) -> Page[EnrollmentView]:
    """All students who ever enrolled in a course, or those of one status; raises `CourseNotFound`."""
    course = courses.get(course_id)
    if status is None:
        found, after = query_page(Enrollment, [course_id], paging, consistent_read=True)
        cards = read_together([roster.user_key(enrollment.student_id) for enrollment in found])
    else:
        members, after = roster.class_of([course_id], "student", [status], paging)
        people = [member.person_id for member in members]
        rows = read_together([(Enrollment, course_id, p) for p in people] + [roster.user_key(p) for p in people])
        found, cards = rows[: len(people)], rows[len(people) :]
    views = [
        _view(enrollment, course.title, card, enrollment.version)
        for enrollment, card in zip(found, cards, strict=True)
        # The class's index may show for a moment longer what changed since.
        if status in (None, enrollment.status)
    ]
    return paging.page(views, after)


def location(view: EnrollmentView) -> str:
    # The list of enrolments is for teachers; a student can read their progress as well.
    return f"/progress/{view.student_id}/{view.course_id}"


def status_of(enrollment: Enrollment) -> EnrollmentStatus:
    return cast(EnrollmentStatus, enrollment.status)


def event_of(enrollment: Enrollment, version: int) -> EnrollmentEvent:
    """The event with an enrolment's state at a version."""
    return _EVENTS[status_of(enrollment)](
        version=version, course_id=enrollment.course_id, student_id=enrollment.student_id
    )


def _audit(
    tx: Transaction, enrollment: Enrollment, status: EnrollmentStatus, actor_id: UUID | None, now: datetime
) -> None:
    """Adds to the audit trail what others do for a student; what students do themselves is not in it."""
    if actor_id != enrollment.student_id:
        about = {"course": enrollment.course_id, "user": enrollment.student_id}
        before = {"status": enrollment.status} if enrollment.status else None
        audit(tx, now, "enrollment.changed", actor_id, about, before=before, after={"status": status})


def _set_status(tx: Transaction, enrollment: Enrollment, status: EnrollmentStatus, now: datetime) -> int:
    """Sets an enrolment's status, in the Roster too, and emits it; the version that the enrolment gets."""
    enrollment.status = status
    enrollment.updated_at = now
    version = tx.put(enrollment)
    roster.put_enrollment(tx, enrollment.student_id, enrollment.course_id, status, version=version)
    emit(tx, event_of(enrollment, version), now)
    return version


def _drop(tx: Transaction, enrollment: Enrollment, now: datetime) -> None:
    _set_status(tx, enrollment, "dropped", now)
    _free_seat(tx, enrollment.course_id)


def _take_seats(tx: Transaction, seats: Seats, number: int) -> None:
    """Takes seats unless the course has changed or the seats are gone; others may come and go meanwhile."""
    room = Seats.course_version == seats.course_version
    if seats.capacity is not None:
        room &= Seats.taken <= seats.capacity - number
    tx.update(Seats(course_id=seats.course_id), [Seats.taken.add(number)], room)


def _free_seat(tx: Transaction, course_id: UUID) -> None:
    tx.update(Seats(course_id=course_id), [Seats.taken.add(-1)], Seats.taken.exists())


def _admission(seats: Seats) -> rules.Admission:
    return rules.Admission(
        open=seats.open,
        capacity=None if seats.capacity is None else int(seats.capacity),
        taken=int(seats.taken),
        requires_payment=seats.requires_payment,
    )


def _view(enrollment: Enrollment, course_title: str, card: roster.User | None, version: int) -> EnrollmentView:
    return EnrollmentView(
        student_id=enrollment.student_id,
        course_id=enrollment.course_id,
        course_title=course_title,
        status=enrollment.status,
        name=card.name if card else None,
        email=card.email if card else None,
        roll_no=card.roll_no if card else None,
        version=version,
        created_at=enrollment.created_at,
        updated_at=enrollment.updated_at,
    )
