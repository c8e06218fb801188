"""A course's outline: opened for a caller, shown, replaced as a whole, saved with what it tells the others."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from pynamodb.exceptions import DoesNotExist, PutError

from content import rules
from content.rules import Modules
from content.schemas import OutlineModuleView, OutlineUpdate, OutlineView
from content.tables import ContentId
from lms import roster
from lms.access import CourseAccess, course_access
from lms.callers import Caller
from lms.curriculum import Outline
from lms.dynamo import StorageBusy, Transaction, next_version, read_together, retry_stale, transaction
from lms.errors import Forbidden, NotFound
from lms.etags import Precondition, require_match
from lms.events import MaterialPublished, OutlineChanged
from lms.ids import uuid7
from lms.outbox import emit, emit_again
from lms.outline import OutlineItem, outline_key

_TITLES_TOLD = 10


@dataclass(frozen=True)
class Course:
    """A course as a caller finds it: what they are in it, and its outline, all read at one moment."""

    id: UUID
    exists: bool
    access: CourseAccess | None
    item: OutlineItem | None

    @cached_property
    def outline(self) -> Outline:
        """All of it, for changing it."""
        return self.item.outline() if self.item else Outline()

    @cached_property
    def shown(self) -> Outline:
        """What the caller sees of it."""
        return self.outline if self.access == "teacher" else self.outline.published()


def open_course(course_id: UUID, caller: Caller) -> Course:
    """A course, existing or not, in one read."""
    keys = [roster.course_key(course_id), outline_key(course_id)]
    if caller.role != "admin":
        keys.append(roster.membership_key(caller.role, caller.id, course_id))
    card, item, *membership = read_together(keys)
    return Course(course_id, card is not None, course_access(caller, next(iter(membership), None)), item)


def course_to_read(course_id: UUID, caller: Caller) -> Course:
    """A course that the caller named; raises `Forbidden` unless they belong to it, existing or not."""
    course = open_course(course_id, caller)
    if course.access is None:
        raise Forbidden("Only members of this course can do this.")
    return course


def course_to_write(course_id: UUID, caller: Caller) -> Course:
    """As `course_to_read`, for its teachers and administrators; raises `NotFound` when it does not exist."""
    course = open_course(course_id, caller)
    if course.access != "teacher":
        raise Forbidden("Only this course's teachers and administrators can do this.")
    return existing(course)


def existing(course: Course) -> Course:
    """Raises `NotFound` when the course does not exist."""
    if not course.exists:
        raise NotFound("There is no such course.")
    return course


def course_of(part_id: UUID, caller: Caller) -> Course:
    """The course of a module or lesson; raises `NotFound` also for one that the caller may not see."""
    try:
        pointer = ContentId.get(part_id, consistent_read=True)
    except DoesNotExist:
        raise NotFound from None
    course = open_course(pointer.course_id, caller)
    if not course.exists or course.access is None:
        raise NotFound
    return course


def show(course: Course) -> OutlineView:
    return _view(course.id, course.shown, course.item.updated_at if course.item else None)


@retry_stale
def replace(course_id: UUID, caller: Caller, body: OutlineUpdate, if_match: Precondition, now: datetime) -> OutlineView:
    """Makes the outline what `body` says, in one step; raises `PreconditionFailed`, and `Invalid` for foreign ids."""
    course = course_to_write(course_id, caller)
    require_match(course.outline.version, if_match)
    modules = rules.rebuilt(course.outline.modules, body.drafts(), now, uuid7)
    with transaction() as tx:
        version = save(tx, course, modules, now)
    return _view(course_id, Outline(version=version, modules=modules), now)


def save(tx: Transaction, course: Course, modules: Modules, now: datetime) -> int:
    """Adds to the transaction what makes `modules` the outline, and tells of it; the version that this gets.

    Raises `Invalid` over the limits.
    """
    rules.require_limits(modules)
    item = course.item or OutlineItem(course_id=course.id)
    item.store(modules)
    item.updated_at = now
    version = next_version(item)
    before = course.outline.modules
    _point(rules.pointers_of(modules) - rules.pointers_of(before), course.id)
    roster.require_course_exists(tx, course.id, NotFound("There is no such course."))
    tx.put(item)
    emit(tx, _told(course.id, modules, version), now)
    new = rules.newly_visible(before, modules)
    if new:
        titles = tuple(lesson.title for lesson in new[:_TITLES_TOLD])
        told = MaterialPublished(version=version, course_id=course.id, count=len(new), lessons=titles)
        emit(tx, told, now)
    return version


@retry_stale
def tell_again(course_id: UUID, now: datetime) -> None:
    """Tells of the outline of a course at its version, if it has any."""
    try:
        item = OutlineItem.get(course_id, consistent_read=True)
    except DoesNotExist:
        return
    with transaction() as tx:
        tx.check(OutlineItem, course_id, None, OutlineItem.version == item.version)
        emit_again(tx, _told(course_id, item.outline().modules, item.version), now)


def _told(course_id: UUID, modules: Modules, version: int) -> OutlineChanged:
    lessons = sum(len(module.lessons) for module in modules)
    return OutlineChanged(version=version, course_id=course_id, modules=len(modules), lessons=lessons)


def _point(new_ids: set[UUID], course_id: UUID) -> None:
    try:
        with ContentId.batch_write() as batch:
            for part_id in new_ids:
                batch.save(ContentId(id=part_id, course_id=course_id))
    except PutError as error:
        if error.cause is not None:
            raise
        # PynamoDB's word for writes that DynamoDB, throttling, handed back again and again.
        raise StorageBusy from error


def _view(course_id: UUID, outline: Outline, updated_at: datetime | None) -> OutlineView:
    modules = [OutlineModuleView.model_validate(module) for module in outline.modules]
    return OutlineView(course_id=course_id, modules=modules, version=outline.version, updated_at=updated_at)
