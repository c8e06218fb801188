"""Courses: created, listed, updated, deleted. `contents` is what they teach, `enrollments` who learns there."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict, Forbidden, InvalidField
from lms.etags import Precondition, require_match
from lms.events.courses import CourseCopied, CourseCreated, CourseDeleted, CourseState, CourseUpdated
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.money import amount_text
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound
from program.schemas import CourseCopy, CourseUpdate, CourseView, NewCourse
from program.service import catalogue, programs, views
from program.tables import Course, Seats

_MONEY = {"requires_payment", "fee", "currency"}
_TERMS = {"capacity", "enrollment", *_MONEY}
_COPIED = ("short_description", "quarter", "capacity", "enrollment", "requires_payment", "fee", "currency")


class ProgramUnknown(InvalidField):
    field = ("programId",)
    code = "unknown"
    detail = "There is no such program."


class TermUnknown(InvalidField):
    field = ("termId",)
    code = "unknown"
    detail = "There is no such term."


class FeeChangeForbidden(Forbidden):
    code = "administrators-only"
    detail = "Only administrators can change what a course costs."


class StudentsActive(Conflict):
    code = "active-students"
    detail = "The course has active students."


@retry_stale
def create(program_id: UUID, form: NewCourse, idempotent: IdempotentAnswer, now: datetime) -> CourseView:
    """Creates a course within a program; raises `TermUnknown`, `ProgramNotFound`."""
    course = Course(
        id=uuid7(),
        program_id=program_id,
        listing_key=listing_key(program_id, deleted=False),
        created_at=now,
        updated_at=now,
        **{field: _stored(value) for field, value in form.model_dump().items()},
    )
    with transaction() as tx:
        version = _add(tx, course, programs.ProgramNotFound(), now)
        view = views.show(course, version)
        idempotent.record(tx, view, location=location(course.id))
    return view


@retry_stale
def copy(course_id: UUID, form: CourseCopy, idempotent: IdempotentAnswer, now: datetime) -> CourseView:
    """Creates a course on the terms of another; its outline and exams follow by the event.

    Raises `CourseNotFound`, `ProgramUnknown`, `TermUnknown`.
    """
    source = get(course_id)
    program_id, term_id = form.program_id or source.program_id, form.term_id or source.term_id
    terms = roster.find_terms(known for known in (source.term_id, term_id) if known)
    before, after = terms.get(source.term_id), terms.get(term_id)
    course = Course(
        id=uuid7(),
        program_id=program_id,
        listing_key=listing_key(program_id, deleted=False),
        created_at=now,
        updated_at=now,
        title=form.title,
        term_id=term_id,
        **{field: getattr(source, field) for field in _COPIED},
    )
    with transaction() as tx:
        version = _add(tx, course, ProgramUnknown(), now)
        view = views.show(course, version)
        copied = CourseCopied(
            version=version,
            course_id=course.id,
            program_id=program_id,
            copied_from=source.id,
            days=(after.starts_on - before.starts_on).days if before and after else 0,
        )
        emit(tx, copied, now, second=True)
        idempotent.record(tx, view, location=location(course.id))
    return view


def _add(tx: Transaction, course: Course, no_program: Exception, now: datetime) -> int:
    """Adds a new course to the transaction; answers the version that it gets."""
    version = tx.put(course)
    tx.put(
        Seats(
            course_id=course.id,
            taken=0,
            capacity=course.capacity,
            open=course.enrollment == "open",
            requires_payment=course.requires_payment,
            fee=course.fee,
            currency=course.currency,
            course_version=version,
        )
    )
    programs.count_courses(tx, course.program_id, 1, no_program)
    _change_term(tx, course, None)
    catalogue.put(tx, catalogue.entries_of(course))
    put_in_roster(tx, course, version)
    emit(tx, event_of(course, version, CourseCreated), now)
    return version


def list_courses(program_id: UUID, paging: PageRequest) -> Page[CourseView]:
    """The courses of a program, in the order of their creation; raises `ProgramNotFound`."""
    courses, after = query_page(Course.listing, [listing_key(program_id, deleted=False)], paging)
    if not courses:
        programs.get(program_id)
    return paging.page(views.show_all(courses), after)


@retry_stale
def update(course_id: UUID, update: CourseUpdate, caller: Caller, if_match: Precondition, now: datetime) -> CourseView:
    """Replaces the given fields; raises `FeeChangeForbidden` for a teacher, and `TermUnknown`, `CourseNotFound`,
    `PreconditionFailed`.

    A capacity below the number of enrolled students drops no student, and admits none either.
    """
    if caller.role != "admin" and update.model_fields_set & _MONEY:
        raise FeeChangeForbidden
    course = get(course_id)
    require_match(course.version, if_match)
    old_title, old_term_id, listed = course.title, course.term_id, catalogue.entries_of(course)
    for field in update.model_fields_set:
        setattr(course, field, _stored(getattr(update, field)))
    course.updated_at = now
    with transaction() as tx:
        version = tx.put(course)
        if update.model_fields_set & _TERMS:
            _change_seats(tx, course, version)
        _change_term(tx, course, old_term_id)
        catalogue.put(tx, catalogue.entries_of(course), instead_of=listed)
        put_in_roster(tx, course, version, previous_title=old_title)
        emit(tx, event_of(course, version, CourseUpdated), now)
    return views.show(course, version)


@retry_stale
def delete(course_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Deletes a course; raises `CourseNotFound`, `StudentsActive`, `PreconditionFailed`."""
    course = get(course_id)
    seats = Seats.get(course_id, consistent_read=True)
    if seats.taken:
        raise StudentsActive
    require_match(course.version, if_match)
    course.listing_key = listing_key(course.program_id, deleted=True)
    course.updated_at = now
    with transaction() as tx:
        version = tx.put(course)
        tx.delete(seats, Seats.taken == 0)
        programs.count_courses(tx, course.program_id, -1, programs.ProgramNotFound())
        if course.term_id:
            roster.leave_term(tx, course.term_id, course.id)
        catalogue.put(tx, {}, instead_of=catalogue.entries_of(course))
        roster.remove_course(tx, course.id, title=course.title)
        emit(tx, CourseDeleted(version=version, course_id=course.id, program_id=course.program_id), now)


def get(course_id: UUID) -> Course:
    """A course that is not deleted; raises `CourseNotFound`."""
    return present(Course.find(course_id))


def present(course: Course | None) -> Course:
    """The course; raises `CourseNotFound` for none and for a tombstone."""
    if course is None or is_deleted(course):
        raise CourseNotFound
    return course


def is_deleted(course: Course) -> bool:
    return bool(course.listing_key == listing_key(course.program_id, deleted=True))


def listing_key(program_id: UUID, *, deleted: bool) -> str:
    """The key under which a program's courses are listed; deleted ones have a key of their own."""
    return f"{program_id}#deleted" if deleted else str(program_id)


def location(course_id: UUID) -> str:
    return f"/courses/{course_id}/details"


def event_of(course: Course, version: int, kind: type[CourseState]) -> CourseState:
    """An event with the whole state of a course."""
    return kind(
        version=version,
        course_id=course.id,
        program_id=course.program_id,
        title=course.title,
        short_description=course.short_description,
        quarter=course.quarter,
        capacity=course.capacity,
        enrollment=course.enrollment,
        requires_payment=course.requires_payment,
        fee=Decimal(course.fee) if course.fee else None,
        currency=course.currency,
        term_id=course.term_id,
    )


def put_in_roster(tx: Transaction, course: Course, version: int, *, previous_title: str | None = None) -> None:
    roster.put_course(
        tx,
        course.id,
        title=course.title,
        program_id=course.program_id,
        requires_payment=course.requires_payment,
        term_id=course.term_id,
        version=version,
        previous_title=previous_title,
    )


def _stored(value: Any) -> Any:
    return amount_text(value) if isinstance(value, Decimal) else value


def _change_term(tx: Transaction, course: Course, old_term_id: UUID | None) -> None:
    if course.term_id == old_term_id:
        return
    if old_term_id:
        roster.leave_term(tx, old_term_id, course.id)
    if course.term_id:
        roster.require_term_exists(tx, course.term_id, TermUnknown())
        roster.name_term(tx, course.term_id, course.id)


def _change_seats(tx: Transaction, course: Course, version: int) -> None:
    capacity = Seats.capacity.set(course.capacity) if course.capacity is not None else Seats.capacity.remove()
    tx.update(
        Seats(course_id=course.id),
        [
            capacity,
            Seats.open.set(course.enrollment == "open"),
            Seats.requires_payment.set(course.requires_payment),
            Seats.fee.set(course.fee) if course.fee is not None else Seats.fee.remove(),
            Seats.currency.set(course.currency),
            Seats.course_version.set(version),
        ],
        Seats.taken.exists(),
    )
