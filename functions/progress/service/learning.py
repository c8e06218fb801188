"""How far a student is in a course: recorded, shown, changed, by lessons done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pynamodb.exceptions import DoesNotExist

from lms import access, roster
from lms.callers import Caller
from lms.curriculum import Outline
from lms.dynamo import Transaction, next_version, read_together, retry_stale, transaction
from lms.errors import Conflict, Forbidden, Invalid, NotFound
from lms.etags import Precondition, require_match
from lms.events import ProgressUpdated
from lms.idempotency import IdempotentAnswer
from lms.outbox import emit, emit_again
from lms.outline import OutlineItem, outline_key
from progress import rules
from progress.rules import Learned
from progress.schemas import NewProgress, ProgressUpdate, ProgressView
from progress.tables import Progress


@dataclass(frozen=True)
class _Place:
    """A student's place in a course, read at one moment. Without a `version`, the progress is not written yet."""

    progress: Progress
    outline: Outline
    course_exists: bool
    enrolled: bool

    def learned(self) -> Learned:
        return _learned(self.progress, self.outline)


@retry_stale
def create(body: NewProgress, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> ProgressView:
    """Records a student's progress.

    Raises `Forbidden` for another's progress and other's courses, `Invalid` for a student who is not enrolled and for a
    module that the course does not have, `NotFound`, `Conflict` when there is progress already.
    """
    _require_rights(caller, body.student_id, body.course_id)
    place = _read(body.student_id, body.course_id)
    if not place.enrolled:
        raise _not_enrolled(caller)
    _require_module(place, body.current_module)
    _require_course(place)
    progress = place.progress
    if progress.version is not None:
        raise Conflict("There is progress of this student in the course; change it.", code="exists")
    progress.current_module, progress.stated = body.current_module, body.completion_percentage
    with transaction() as tx:
        view = _save(tx, place, now)
        idempotent.record(tx, view, location=location(view))
    return view


def show(student_id: UUID, course_id: UUID) -> ProgressView:
    """A student's progress over the outline that the course has now; nothing yet for one who has just enrolled.

    Raises `NotFound` without the course, and when there is none and can be none.
    """
    place = _read(student_id, course_id)
    _require_course(place)
    if place.progress.version is None and not place.enrolled:
        raise NotFound("There is no such progress.")
    return _view(place, place.learned(), place.progress.version or 0)


@retry_stale
def update(
    progress_id: UUID, body: ProgressUpdate, caller: Caller, if_match: Precondition, now: datetime
) -> ProgressView:
    """Replaces the given fields.

    Raises `NotFound` also for what the caller may not see, `Invalid`, `Forbidden` once the student has dropped out,
    `PreconditionFailed`.
    """
    place = _find(progress_id, caller)
    if not place.enrolled:
        raise _not_enrolled(caller)
    progress, given = place.progress, body.model_fields_set
    if "current_module" in given:
        _require_module(place, body.current_module)
        progress.current_module = body.current_module
    if "completion_percentage" in given:
        progress.stated = body.completion_percentage
    require_match(progress.version, if_match)
    with transaction() as tx:
        return _save(tx, place, now)


@retry_stale
def mark_done(
    student_id: UUID, course_id: UUID, lesson_id: UUID, if_match: Precondition, now: datetime
) -> ProgressView:
    """Notes that a student has done a lesson; again changes nothing. Raises `NotFound`, `PreconditionFailed`."""
    place = _read(student_id, course_id)
    _require_course(place)
    module_id = rules.module_of(place.outline, lesson_id)
    if module_id is None:
        raise NotFound("There is no such lesson in this course.")
    progress = place.progress
    require_match(progress.version or 0, if_match)
    state = place.learned()
    if lesson_id in state.lessons_done and _is_told(progress, state):
        return _view(place, state, progress.version)
    progress.done.add(str(lesson_id))
    progress.current_module = module_id
    with transaction() as tx:
        return _save(tx, place, now)


@retry_stale
def mark_undone(student_id: UUID, course_id: UUID, lesson_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Takes that back; raises `NotFound` for a lesson that was not done, `PreconditionFailed`."""
    place = _read(student_id, course_id)
    _require_course(place)
    progress = place.progress
    if str(lesson_id) not in progress.done:
        raise NotFound("This lesson is not done.")
    require_match(progress.version, if_match)
    progress.done.remove(str(lesson_id))
    progress.current_module = rules.module_of(place.outline, lesson_id) or progress.current_module
    with transaction() as tx:
        _save(tx, place, now)


@retry_stale
def follow_outline(course_id: UUID, progress_ids: Sequence[UUID], now: datetime) -> None:
    """Brings the progress of up to 49 students to the outline that their course has now, in one transaction.

    Tells only of those for whom something changed, so it may be repeated.
    """
    item, *found = read_together([outline_key(course_id), *((Progress, one, None) for one in progress_ids)])
    outline = _as_students_see(item)
    with transaction() as tx:
        for progress in found:
            if progress is not None and not _is_told(progress, state := _learned(progress, outline)):
                _put(tx, progress, state, now)


@retry_stale
def tell_again(progress_id: UUID, course_id: UUID, now: datetime) -> None:
    """Tells of a student's progress at its version; as any change, where the outline has moved on since."""
    item, progress = read_together([outline_key(course_id), (Progress, progress_id, None)])
    state = _learned(progress, _as_students_see(item))
    with transaction() as tx:
        if _is_told(progress, state):
            tx.check(Progress, progress_id, None, Progress.version == progress.version)
            emit_again(tx, _told(progress, state, progress.version), now)
        else:
            _put(tx, progress, state, now)


def location(view: ProgressView) -> str:
    return f"/progress/{view.student_id}/{view.course_id}"


def _learned(progress: Progress, outline: Outline) -> Learned:
    return rules.learned(
        outline,
        {UUID(lesson) for lesson in progress.done},
        stated=int(progress.stated),
        completed=progress.completed,
        current_module=progress.current_module,
    )


def _is_told(progress: Progress, state: Learned) -> bool:
    """Whether everybody knows already how far the student is."""
    return (progress.percentage, progress.completed) == (state.percentage, state.completed)


def _put(tx: Transaction, progress: Progress, state: Learned, now: datetime) -> int:
    """Stores progress, and tells of it; the version that it gets."""
    progress.percentage, progress.completed = state.percentage, state.completed
    progress.updated_at = now
    version = next_version(progress)
    tx.put(progress)
    emit(tx, _told(progress, state, version), now)
    return version


def _told(progress: Progress, state: Learned, version: int) -> ProgressUpdated:
    """The event of a version of a student's progress."""
    return ProgressUpdated(
        version=version,
        student_id=progress.student_id,
        course_id=progress.course_id,
        current_module=state.current_module,
        completion_percentage=state.percentage,
        completed=state.completed,
    )


def _save(tx: Transaction, place: _Place, now: datetime) -> ProgressView:
    progress = place.progress
    if progress.version is None:
        progress.created_at = now
    state = place.learned()
    return _view(place, state, _put(tx, progress, state, now))


def _read(student_id: UUID, course_id: UUID) -> _Place:
    progress_id = rules.progress_id(student_id, course_id)
    progress, item, card, membership = read_together(
        [
            (Progress, progress_id, None),
            outline_key(course_id),
            roster.course_key(course_id),
            roster.membership_key("student", student_id, course_id),
        ]
    )
    return _Place(
        progress=progress or Progress(id=progress_id, student_id=student_id, course_id=course_id),
        outline=_as_students_see(item),
        course_exists=card is not None,
        enrolled=membership is not None and membership.status in ("active", "completed"),
    )


def _find(progress_id: UUID, caller: Caller) -> _Place:
    try:
        stored = Progress.get(progress_id)
    except DoesNotExist:
        raise NotFound from None
    if caller.id != stored.student_id and not access.teaches_or_manages(caller, stored.course_id):
        raise NotFound
    place = _read(stored.student_id, stored.course_id)
    if not place.course_exists:
        raise NotFound
    return place


def _as_students_see(item: OutlineItem | None) -> Outline:
    return item.outline().published() if item else Outline()


def _require_rights(caller: Caller, student_id: UUID, course_id: UUID) -> None:
    if caller.role == "teacher":
        access.require_teaching(caller, course_id)
    elif caller.id != student_id:
        raise Forbidden("This is another student's progress.")


def _require_module(place: _Place, module_id: UUID | None) -> None:
    if module_id is not None and not rules.has_module(place.outline, module_id):
        raise Invalid(["body", "currentModule"], "The course has no such module.", "unknown")


def _require_course(place: _Place) -> None:
    if not place.course_exists:
        raise NotFound("There is no such course.")


def _not_enrolled(caller: Caller) -> Forbidden | Invalid:
    if caller.role == "student":
        return Forbidden("You are not enrolled in this course.")
    return Invalid(["body", "studentId"], "This student is not enrolled in the course.", "not_enrolled")


def _view(place: _Place, state: Learned, version: int) -> ProgressView:
    progress = place.progress
    return ProgressView(
        id=progress.id,
        student_id=progress.student_id,
        course_id=progress.course_id,
        current_module=state.current_module,
        completion_percentage=state.percentage,
        completed=state.completed,
        lessons_done=list(state.lessons_done),
        version=version,
        created_at=progress.created_at,
        updated_at=progress.updated_at,
    )
