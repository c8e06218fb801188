"""Attendance: sessions recorded and shown."""

from datetime import datetime
from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import retry_stale, transaction
from lms.errors import InvalidField
from lms.events import AttendanceRecord, AttendanceRecorded
from lms.idempotency import IdempotentAnswer
from lms.outbox import emit, emit_again
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound
from progress.schemas import AttendanceRecordView, AttendanceView, NewAttendance
from progress.tables import Attendance


class StudentNotInClass(InvalidField):
    code = "not_enrolled"
    detail = "This student is not enrolled in the course."


@retry_stale
def record(body: NewAttendance, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> AttendanceView:
    """Records a session, and replaces what was recorded for the same date.

    Raises `NotCourseTeacher`, `CourseNotFound`, `StudentNotInClass` for students who are neither enrolled nor in the
    session already.
    """
    access.require_teaching(caller, body.course_id)
    if roster.find_course(body.course_id) is None:
        raise CourseNotFound
    day = body.date.isoformat()
    session = Attendance.find(body.course_id, day) or Attendance(course_id=body.course_id, date=day, records={})
    _require_class(body, session)
    session.records = {str(record.student_id): record.status for record in body.records}
    session.created_at = session.created_at or now
    session.updated_at = now
    with transaction() as tx:
        version = tx.put(session)
        emit(tx, _event_of(session, version), now)
        view = _view(session, version)
        idempotent.record(tx, view, location=location(view))
    return view


def list_sessions(course_id: UUID, caller: Caller, paging: PageRequest) -> Page[AttendanceView]:
    """The sessions of a course, the last one first; students see only their own records. Raises `CourseNotFound`."""
    if roster.find_course(course_id) is None:
        raise CourseNotFound
    sessions, after = query_page(Attendance, [course_id], paging, consistent_read=True, scan_index_forward=False)
    own = str(caller.id) if caller.role == "student" else None
    return paging.page(
        [_view(session, session.version, own) for session in sessions if _has_record(session, own)], after
    )


@retry_stale
def republish(course_id: UUID, day: str, now: datetime) -> None:
    """Publishes a session again at its version."""
    session = Attendance.get(course_id, day, consistent_read=True)
    with transaction() as tx:
        tx.check(Attendance, course_id, day, Attendance.version == session.version)
        emit_again(tx, _event_of(session, session.version), now)


def location(view: AttendanceView) -> str:
    return f"/attendance/{view.course_id}"


def _event_of(session: Attendance, version: int) -> AttendanceRecorded:
    return AttendanceRecorded(
        version=version,
        course_id=session.course_id,
        date=session.date,
        records=tuple(
            AttendanceRecord(student_id=student_id, status=status) for student_id, status in session.records.items()
        ),
    )


def _require_class(body: NewAttendance, session: Attendance) -> None:
    # Students who dropped out later were there all the same: the session can still be corrected.
    unknown = [record.student_id for record in body.records if str(record.student_id) not in session.records]
    enrolled = {
        student_id
        for student_id, status in roster.enrollments_of(unknown, body.course_id).items()
        if status in roster.ENROLLED
    }
    strangers = set(unknown) - enrolled
    if strangers:
        index = next(index for index, record in enumerate(body.records) if record.student_id in strangers)
        raise StudentNotInClass("records", index, "studentId")


def _has_record(session: Attendance, student_id: str | None) -> bool:
    return student_id is None or student_id in session.records


def _view(session: Attendance, version: int, own: str | None = None) -> AttendanceView:
    records = session.records if own is None else {own: session.records[own]}
    return AttendanceView(
        course_id=session.course_id,
        date=session.date,
        records=[
            AttendanceRecordView(student_id=UUID(student_id), status=status) for student_id, status in records.items()
        ],
        version=version,
        created_at=session.created_at,
        updated_at=session.updated_at,
    )
