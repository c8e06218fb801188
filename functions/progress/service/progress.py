"""How far a student is in a course: recorded, shown, changed, by lessons done, and by a changed outline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.curriculum import Outline
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import Conflict, Forbidden, NotFound
from lms.etags import Precondition, require_match
from lms.events.progress import ProgressUpdated
from lms.idempotency import IdempotentAnswer
from lms.outbox import emit, emit_again
from lms.outline import OutlineItem, outline_key, read_outline
from lms.refusals import CourseNotFound, NotEnrolled
from progress import rules
from progress.rules import Completion, StudentNotEnrolled
from progress.schemas import NewProgress, ProgressUpdate, ProgressView
from progress.tables import Progress

# Each student is two of the hundred writes of a transaction; fewer collide less with students who are at work.
_STUDENTS_AT_ONCE = 25


class ProgressExists(Conflict):
    code = "exists"
    detail = "The student already has progress in this course; change it instead."


class ProgressNotFound(NotFound):
    detail = "There is no such progress."


class LessonNotFound(NotFound):
    detail = "There is no such lesson in this course."


class LessonNotDone(NotFound):
    detail = "This lesson is not done."


class OtherStudentsProgress(Forbidden):
    detail = "This is another student's progress."


@dataclass(frozen=True)
class _StudentInCourse:
    """What concerns a student's progress, read at one moment. Without a `version`, the progress is not written yet."""

    progress: Progress
    outline: Outline
    course: roster.Course | None
    student: roster.User | None
    enrolled: bool

    def completion(self) -> Completion:
        return _completion(self.progress, self.outline)


@retry_stale
def create(body: NewProgress, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> ProgressView:
    """Records a student's progress.

    Raises `OtherStudentsProgress`, `NotCourseTeacher`, `NotEnrolled` for the student and `StudentNotEnrolled` for a
    teacher, `UnknownModule`, `CourseNotFound`, and `ProgressExists`.
    """
    _require_rights(caller, body.student_id, body.course_id)
    found = _read(body.student_id, body.course_id)
    _require_enrolled(found, caller)
    rules.require_module(found.outline, body.current_module)
    _require_course(found)
    progress = found.progress
    if progress.version is not None:
        raise ProgressExists
    progress.current_module, progress.stated = body.current_module, body.completion_percentage
    with transaction() as tx:
        view = _save(tx, found, now)
        idempotent.record(tx, view, location=location(view))
    return view


def show(student_id: UUID, course_id: UUID) -> ProgressView:
    """A student's progress over the outline that the course has now; nothing yet for one who has just enrolled.

    Raises `CourseNotFound`, and `ProgressNotFound` when there is none and can be none.
    """
    found = _read(student_id, course_id)
    _require_course(found)
    if found.progress.version is None and not found.enrolled:
        raise ProgressNotFound
    return _view(found, found.completion(), found.progress.version or 0)


@retry_stale
def update(
    progress_id: UUID, body: ProgressUpdate, caller: Caller, if_match: Precondition, now: datetime
) -> ProgressView:
    """Replaces the given fields.

    Raises `ProgressNotFound` also for what the caller may not see, `NotEnrolled` or `StudentNotEnrolled` once the
    student has dropped out, `UnknownModule`, `PreconditionFailed`.
    """
    found = _find(progress_id, caller)
    _require_enrolled(found, caller)
    progress, given = found.progress, body.given()
    if "current_module" in given:
        rules.require_module(found.outline, body.current_module)
        progress.current_module = body.current_module
    if "completion_percentage" in given:
        progress.stated = body.completion_percentage
    require_match(progress.version, if_match)
    with transaction() as tx:
        return _save(tx, found, now)


@retry_stale
def mark_done(
    student_id: UUID, course_id: UUID, lesson_id: UUID, if_match: Precondition, now: datetime
) -> ProgressView:
    """Notes that a student has done a lesson; again changes nothing.

    Raises `CourseNotFound`, `LessonNotFound`, `PreconditionFailed`.
    """
    found = _read(student_id, course_id)
    _require_course(found)
    module_id = rules.module_of(found.outline, lesson_id)
    if module_id is None:
        raise LessonNotFound
    progress = found.progress
    require_match(progress.version or 0, if_match)
    completion = found.completion()
    if lesson_id in completion.lessons_done and _is_published(progress, completion):
        return _view(found, completion, progress.version)
    progress.done.add(str(lesson_id))
    progress.current_module = module_id
    with transaction() as tx:
        return _save(tx, found, now)


@retry_stale
def mark_undone(student_id: UUID, course_id: UUID, lesson_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Takes that back; raises `CourseNotFound`, `LessonNotDone`, `PreconditionFailed`."""
    found = _read(student_id, course_id)
    _require_course(found)
    progress = found.progress
    if str(lesson_id) not in progress.done:
        raise LessonNotDone
    require_match(progress.version, if_match)
    progress.done.remove(str(lesson_id))
    progress.current_module = rules.module_of(found.outline, lesson_id) or progress.current_module
    with transaction() as tx:
        _save(tx, found, now)


def follow_outline(course_id: UUID, outline_version: int, now: datetime) -> None:
    """Brings the progress of a whole class to the outline of its course, some students at a time; may be repeated.

    An outline that was changed again meanwhile is left to the event of that change.
    """
    if read_outline(course_id).version > outline_version:
        return
    ids = [progress.id for progress in Progress.class_index.query(course_id)]
    for start in range(0, len(ids), _STUDENTS_AT_ONCE):
        _follow_outline(course_id, ids[start : start + _STUDENTS_AT_ONCE], now)


@retry_stale
def _follow_outline(course_id: UUID, progress_ids: Sequence[UUID], now: datetime) -> None:
    item, *found = read_together([outline_key(course_id), *((Progress, one, None) for one in progress_ids)])
    outline = _published(item)
    with transaction() as tx:
        for progress in found:
            if progress is not None and not _is_published(progress, completion := _completion(progress, outline)):
                _put(tx, progress, completion, now)


@retry_stale
def republish(progress_id: UUID, course_id: UUID, now: datetime) -> None:
    """Publishes a student's progress again at its version; as any change, where the outline has moved on since."""
    item, progress = read_together([outline_key(course_id), (Progress, progress_id, None)])
    completion = _completion(progress, _published(item))
    with transaction() as tx:
        if _is_published(progress, completion):
            tx.check(Progress, progress_id, None, Progress.version == progress.version)
            emit_again(tx, _event_of(progress, completion, progress.version), now)
        else:
            _put(tx, progress, completion, now)


def location(view: ProgressView) -> str:
    return f"/progress/{view.student_id}/{view.course_id}"


def _completion(progress: Progress, outline: Outline) -> Completion:
    return rules.completion(
        outline,
        {UUID(lesson) for lesson in progress.done},
        stated=int(progress.stated),
        completed=progress.completed,
        current_module=progress.current_module,
    )


def _is_published(progress: Progress, completion: Completion) -> bool:
    """Whether an event has said how far the student is."""
    return (progress.percentage, progress.completed) == (completion.percentage, completion.completed)


def _put(tx: Transaction, progress: Progress, completion: Completion, now: datetime) -> int:
    """Stores progress with its event; the version that it gets."""
    progress.percentage, progress.completed = completion.percentage, completion.completed
    progress.updated_at = now
    version = tx.put(progress)
    emit(tx, _event_of(progress, completion, version), now)
    return version


def _event_of(progress: Progress, completion: Completion, version: int) -> ProgressUpdated:
    return ProgressUpdated(
        version=version,
        student_id=progress.student_id,
        course_id=progress.course_id,
        current_module=completion.current_module,
        completion_percentage=completion.percentage,
        completed=completion.completed,
    )


def _save(tx: Transaction, found: _StudentInCourse, now: datetime) -> ProgressView:
    progress = found.progress
    if progress.version is None:
        progress.created_at = now
    completion = found.completion()
    return _view(found, completion, _put(tx, progress, completion, now))


def _read(student_id: UUID, course_id: UUID) -> _StudentInCourse:
    progress_id = rules.progress_id(student_id, course_id)
    progress, item, course, membership, student = read_together(
        [
            (Progress, progress_id, None),
            outline_key(course_id),
            roster.course_key(course_id),
            roster.membership_key("student", student_id, course_id),
            roster.user_key(student_id),
        ]
    )
    return _StudentInCourse(
        progress=progress or Progress(id=progress_id, student_id=student_id, course_id=course_id),
        outline=_published(item),
        course=course,
        student=student,
        enrolled=membership is not None and membership.status in roster.ENROLLED,
    )


def _find(progress_id: UUID, caller: Caller) -> _StudentInCourse:
    stored = Progress.find(progress_id)
    if stored is None:
        raise ProgressNotFound
    if caller.id != stored.student_id and not access.teaches_or_manages(caller, stored.course_id):
        raise ProgressNotFound
    found = _read(stored.student_id, stored.course_id)
    if found.course is None:
        raise ProgressNotFound
    return found


def _published(item: OutlineItem | None) -> Outline:
    return item.outline().published() if item else Outline()


def _require_rights(caller: Caller, student_id: UUID, course_id: UUID) -> None:
    if caller.role == "teacher":
        access.require_teaching(caller, course_id)
    elif caller.id != student_id:
        raise OtherStudentsProgress


def _require_course(found: _StudentInCourse) -> None:
    if found.course is None:
        raise CourseNotFound


def _require_enrolled(found: _StudentInCourse, caller: Caller) -> None:
    if not found.enrolled:
        raise NotEnrolled if caller.role == "student" else StudentNotEnrolled


def _view(found: _StudentInCourse, completion: Completion, version: int) -> ProgressView:
    progress = found.progress
    assert found.course is not None
    return ProgressView(
        id=progress.id,
        student_id=progress.student_id,
        student_name=found.student.name if found.student else None,
        course_id=progress.course_id,
        course_title=found.course.title,
        current_module=completion.current_module,
        completion_percentage=completion.percentage,
        completed=completion.completed,
        lessons_done=list(completion.lessons_done),
        version=version,
        created_at=progress.created_at,
        updated_at=progress.updated_at,
    )
