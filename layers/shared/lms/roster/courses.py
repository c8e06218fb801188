"""Courses; program alone writes them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from lms.dynamo import Key, Transaction, TypedKey, UUIDAttribute, read_by_key
from lms.pages import PageRequest, Position, query_page
from lms.roster.rows import CARD, Row
from lms.texts import uniqueness_key

_ALL = "all"


@dataclass(frozen=True)
class Course:
    id: UUID
    title: str
    program_id: UUID
    requires_payment: bool
    term_id: UUID | None


@dataclass(frozen=True)
class _ListedCourse:
    course_id: UUID


@dataclass(frozen=True)
class _TitledCourses:
    course_ids: set[str] | None


class CourseRow(Row):
    value = Course
    id = TypedKey("course", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    title = UnicodeAttribute()
    program_id = UUIDAttribute()
    requires_payment = BooleanAttribute()
    term_id = UUIDAttribute(null=True)


class ListedCourseRow(Row):
    value = _ListedCourse
    list_name = TypedKey("courses", hash_key=True, attr_name="owner")
    course_id = TypedKey("course", UUID, range_key=True, attr_name="item")


class CourseTitleRow(Row):
    """The courses that have a title. DynamoDB keeps no empty set: without courses there is no `course_ids`."""

    value = _TitledCourses
    title_hash = TypedKey("course_title", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    course_ids = UnicodeSetAttribute(null=True)


def put_course(
    tx: Transaction,
    course_id: UUID,
    *,
    title: str,
    program_id: UUID,
    requires_payment: bool,
    term_id: UUID | None = None,
    version: int,
    previous_title: str | None = None,
) -> None:
    """Writes a course. `version` is the course's own, `previous_title` the title of one that was written before."""
    tx.put(
        CourseRow(
            course_id,
            title=title,
            program_id=program_id,
            requires_payment=requires_payment,
            term_id=term_id,
            version=version,
        )
    )
    _list_course(tx, course_id)
    if previous_title is not None and _title_hash(previous_title) == _title_hash(title):
        return
    if previous_title is not None:
        _leave_title(tx, previous_title, course_id)
    tx.update(CourseTitleRow(_title_hash(title), CARD), [CourseTitleRow.course_ids.add({str(course_id)})])


def remove_course(tx: Transaction, course_id: UUID, *, title: str) -> None:
    """Removes a deleted course, which stays listed (`all_courses`)."""
    tx.delete(CourseRow(course_id))
    _list_course(tx, course_id)
    _leave_title(tx, title, course_id)


def _leave_title(tx: Transaction, title: str, course_id: UUID) -> None:
    tx.update(CourseTitleRow(_title_hash(title), CARD), [CourseTitleRow.course_ids.delete({str(course_id)})])


def _title_hash(title: str) -> str:
    # A title may be longer, as bytes, than a key.
    return hashlib.sha256(uniqueness_key(title).encode()).hexdigest()


def _list_course(tx: Transaction, course_id: UUID) -> None:
    tx.put(ListedCourseRow(_ALL, course_id, version=1))


def all_courses(paging: PageRequest) -> tuple[list[UUID], Position | None]:
    """A page of every course that ever was, for walks through all that belongs to any."""
    listed, after = query_page(ListedCourseRow, [_ALL], paging, consistent_read=True)
    return [item.course_id for item in listed], after


def require_course_exists(tx: Transaction, course_id: UUID, refuse: Exception) -> None:
    """Lets the transaction commit only while the course exists."""
    tx.check(*course_key(course_id), CourseRow.version.exists(), refuse=refuse)


def find_course(course_id: UUID) -> Course | None:
    """A course, None for one that does not exist."""
    return find_courses([course_id]).get(course_id)


def find_courses(course_ids: Iterable[UUID]) -> dict[UUID, Course]:
    """Courses by id, in one read for each 100; those that do not exist are left out."""
    return {course.id: course for course in read_by_key(map(course_key, course_ids)).values()}


def find_courses_by_title(titles: Iterable[str]) -> dict[str, set[UUID]]:
    """The courses that have these titles, in one read for each 100; titles that none has are left out."""
    keys: dict[str, Key] = {title: (CourseTitleRow, _title_hash(title), CARD) for title in titles}
    found = read_by_key(keys.values())
    return {
        title: {UUID(course_id) for course_id in found[key].course_ids}
        for title, key in keys.items()
        if key in found and found[key].course_ids
    }


def course_key(course_id: UUID) -> Key:
    """Where a course is, for `read_together`."""
    return CourseRow, course_id, CARD
