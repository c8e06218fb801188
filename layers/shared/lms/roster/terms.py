"""Terms, which institute alone writes, and which courses name them, which program alone writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from lms.dynamo import DateAttribute, Key, Transaction, TypedKey, read_by_key
from lms.roster.rows import CARD, Row


@dataclass(frozen=True)
class Term:
    """A term, from its first day to its last."""

    id: UUID
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class _TermCourses:
    course_ids: set[str]


class TermRow(Row):
    value = Term
    id = TypedKey("term", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    title = UnicodeAttribute()
    starts_on = DateAttribute()
    ends_on = DateAttribute()


class TermCoursesRow(Row):
    """The courses that name a term. DynamoDB keeps no empty set: without courses there is no `course_ids`."""

    value = _TermCourses
    term_id = TypedKey("term_courses", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    course_ids = UnicodeSetAttribute(null=True)


def put_term(tx: Transaction, term_id: UUID, *, title: str, starts_on: date, ends_on: date, version: int) -> None:
    """Writes a term. `version` is the term's own."""
    tx.put(TermRow(term_id, title=title, starts_on=starts_on, ends_on=ends_on, version=version))


def remove_term(tx: Transaction, term_id: UUID, refuse: Exception) -> None:
    """Removes a term; lets the transaction commit only while no course names it."""
    tx.check(TermCoursesRow, term_id, CARD, TermCoursesRow.course_ids.does_not_exist(), refuse=refuse)
    tx.delete(TermRow(term_id))


def require_term_exists(tx: Transaction, term_id: UUID, refuse: Exception) -> None:
    """Lets the transaction commit only while the term exists."""
    tx.check(*term_key(term_id), TermRow.version.exists(), refuse=refuse)


def name_term(tx: Transaction, term_id: UUID, course_id: UUID) -> None:
    """Writes that a course names a term; again, it changes nothing."""
    tx.update(TermCoursesRow(term_id, CARD), [TermCoursesRow.course_ids.add({str(course_id)})])


def leave_term(tx: Transaction, term_id: UUID, course_id: UUID) -> None:
    """Writes that a course no longer names a term."""
    tx.update(TermCoursesRow(term_id, CARD), [TermCoursesRow.course_ids.delete({str(course_id)})])


def find_terms(term_ids: Iterable[UUID]) -> dict[UUID, Term]:
    """Terms by id, in one read for each 100; those that do not exist are left out."""
    return {term.id: term for term in read_by_key(map(term_key, term_ids)).values()}


def term_key(term_id: UUID) -> Key:
    """Where a term is, for `read_together`."""
    return TermRow, term_id, CARD
