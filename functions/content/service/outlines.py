"""A course's outline: opened for a caller, shown, replaced as a whole, saved together with its events."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from content import rules
from content.rules import Modules
from content.schemas import OutlineModuleView, OutlineUpdate, OutlineView
from content.tables import PartPointer
from lms import roster
from lms.access import CourseAccess, course_access
from lms.assets import show as show_asset
from lms.callers import Caller
from lms.curriculum import Lesson, Outline
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.etags import Precondition, require_match
from lms.events.content import MaterialPublished, OutlineChanged
from lms.ids import uuid7
from lms.outbox import emit, emit_again
from lms.outline import OutlineItem, OutlineTooLarge, outline_key
from lms.refusals import CourseNotFound, NotCourseMember, NotCourseTeacher

_PUBLISHED_TITLES = 10
LIMITS = (rules.TooManyModules, rules.TooManyLessons, rules.TooManySubtopics, OutlineTooLarge)
"""What `save` refuses."""


class PartNotFound(NotFound):
    detail = "There is no such module or lesson."


@dataclass(frozen=True)
class Course:
    """A course as a caller finds it: what they are in it, and its outline, all read at one moment."""

    id: UUID
    title: str | None
    """None: it does not exist."""
    access: CourseAccess | None
    item: OutlineItem | None

    @cached_property
    def outline(self) -> Outline:
        """All of it, for changing it."""
        return self.item.outline() if self.item else Outline()

    @cached_property
    def visible(self) -> Outline:
        """What the caller sees of it."""
        return self.outline if self.access == "teacher" else self.outline.published()


def open_course(course_id: UUID, caller: Caller) -> Course:
    """A course, existing or not, in one read."""
    keys = [roster.course_key(course_id), outline_key(course_id)]
    if caller.role != "admin":
        keys.append(roster.membership_key(caller.role, caller.id, course_id))
    card, item, *membership = read_together(keys)
    return Course(course_id, card and card.title, course_access(caller, next(iter(membership), None)), item)


def course_to_read(course_id: UUID, caller: Caller) -> Course:
    """A course that the caller named; raises `NotCourseMember` unless they belong to it, existing or not."""
    course = open_course(course_id, caller)
    if course.access is None:
        raise NotCourseMember
    return course


def course_to_write(course_id: UUID, caller: Caller) -> Course:
    """A course for its teachers and administrators; raises `NotCourseTeacher`, `CourseNotFound`."""
    course = open_course(course_id, caller)
    if course.access != "teacher":
        raise NotCourseTeacher
    return existing(course)


def existing(course: Course) -> Course:
    """The course; raises `CourseNotFound` when it does not exist."""
    if course.title is None:
        raise CourseNotFound
    return course


def course_of(part_id: UUID, caller: Caller) -> Course:
    """The course of a module or lesson; raises `PartNotFound` also for one that the caller may not see."""
    pointer = PartPointer.find(part_id)
    if pointer is None:
        raise PartNotFound
    course = open_course(pointer.course_id, caller)
    if course.title is None or course.access is None:
        raise PartNotFound
    return course


def show(course: Course) -> OutlineView:
    return _view(course, course.visible, course.item.updated_at if course.item else None)


@retry_stale
def replace(course_id: UUID, caller: Caller, body: OutlineUpdate, if_match: Precondition, now: datetime) -> OutlineView:
    """Makes the outline what `body` says, in one step; raises what `course_to_write`, `rules.rebuild` and `save` do."""
    course = course_to_write(course_id, caller)
    require_match(course.outline.version, if_match)
    modules = rules.rebuild(course.outline.modules, body.drafts(), now, uuid7)
    with transaction() as tx:
        version = save(tx, course, modules, now)
    return _view(course, Outline(version=version, modules=modules), now)


def save(tx: Transaction, course: Course, modules: Modules, now: datetime) -> int:
    """Makes `modules` the outline, with its events, once the transaction commits; the version that the outline gets.

    Raises `LIMITS`.
    """
    rules.require_limits(modules)
    item = course.item or OutlineItem(course_id=course.id)
    item.store(modules)
    item.updated_at = now
    before = course.outline.modules
    new_ids = rules.addressed_ids(modules) - rules.addressed_ids(before)
    PartPointer.put_all(PartPointer(part_id=part_id, course_id=course.id) for part_id in new_ids)
    roster.require_course_exists(tx, course.id, CourseNotFound())
    version = tx.put(item)
    emit(tx, _outline_changed(course.id, modules, version), now)
    new = rules.newly_visible(before, modules)
    if new:
        titles = tuple(lesson.title for lesson in new[:_PUBLISHED_TITLES])
        emit(tx, MaterialPublished(version=version, course_id=course.id, count=len(new), lessons=titles), now)
    return version


@retry_stale
def republish(course_id: UUID, now: datetime) -> None:
    """Emits the outline of a course again at its version, if it has any."""
    item = OutlineItem.find(course_id)
    if item is None:
        return
    with transaction() as tx:
        tx.check(OutlineItem, course_id, None, OutlineItem.version == item.version)
        emit_again(tx, _outline_changed(course_id, item.outline().modules, item.version), now)


def _outline_changed(course_id: UUID, modules: Modules, version: int) -> OutlineChanged:
    lessons = sum(len(module.lessons) for module in modules)
    return OutlineChanged(version=version, course_id=course_id, modules=len(modules), lessons=lessons)


def _view(course: Course, outline: Outline, updated_at: datetime | None) -> OutlineView:
    modules = [
        OutlineModuleView.model_validate({**vars(module), "lessons": [_shown(lesson) for lesson in module.lessons]})
        for module in outline.modules
    ]
    return OutlineView(
        course_id=course.id,
        course_title=course.title,
        modules=modules,
        version=outline.version,
        updated_at=updated_at,
    )


def _shown(lesson: Lesson) -> dict[str, Any]:
    return {**vars(lesson), "asset": show_asset(lesson.asset, lesson.title)}
