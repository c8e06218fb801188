"""Attendance: sessions recorded and shown."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.etags import Precondition, require_match
from lms.events.progress import AttendanceRecord, AttendanceRecorded
from lms.idempotency import IdempotentAnswer
from lms.outbox import emit, emit_again
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound
from progress.rules import StudentNotEnrolled
from progress.schemas import AttendanceRecordView, AttendanceView, NewAttendance
from progress.tables import Attendance


class SessionNotFound(NotFound):
    detail = "No attendance is recorded for this date."


_PRESENT = Attendance.deleted.does_not_exist() | (Attendance.deleted == False)  # noqa: E712 (a condition of DynamoDB)


@retry_stale
def record(body: NewAttendance, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> AttendanceView:
    """Records a session, and replaces what was recorded for the same date.

    Raises `NotCourseTeacher`, `CourseNotFound`, `StudentNotEnrolled` for students who are neither enrolled nor in the
    session already.
    """
    access.require_teaching(caller, body.course_id)
    course = roster.find_course(body.course_id)
    if course is None:
        raise CourseNotFound
    day = body.date.isoformat()
    session = Attendance.find(body.course_id, day) or Attendance(course_id=body.course_id, date=day, records={})
    _require_class(body, session)
    session.records = {str(record.student_id): record.status for record in body.records}
    session.created_at = now if session.deleted else session.created_at or now
    session.deleted = False
    session.updated_at = now
    students = roster.find_users(record.student_id for record in body.records)
    with transaction() as tx:
        version = tx.put(session)
        emit(tx, _event_of(session, version), now)
        view = _view(session, version, course, students)
        idempotent.record(tx, view, location=location(view))
    return view


def list_sessions(course_id: UUID, caller: Caller, day: date | None, paging: PageRequest) -> Page[AttendanceView]:
    """The sessions of a course, or of one day, the last one first; students see only their own records.

    Raises `CourseNotFound`.
    """
    on_day = None if day is None else Attendance.date == day.isoformat()
    sessions, after = query_page(
        Attendance,
        [course_id],
        paging,
        range_key_condition=on_day,
        filter_condition=_PRESENT,
        consistent_read=True,
        scan_index_forward=False,
    )
    own = str(caller.id) if caller.role == "student" else None
    seen = [session for session in sessions if _has_record(session, own)]
    student_ids = [UUID(own)] if own else sorted({UUID(each) for session in seen for each in session.records})
    course, *users = read_together([roster.course_key(course_id), *map(roster.user_key, student_ids)])
    if course is None:
        raise CourseNotFound
    students = {user.id: user for user in users if user}
    return paging.page([_view(session, session.version, course, students, own) for session in seen], after)


@retry_stale
def delete(course_id: UUID, day: date, if_match: Precondition, now: datetime) -> None:
    """Takes a session back; raises `CourseNotFound`, `SessionNotFound`, `PreconditionFailed`."""
    course, session = read_together([roster.course_key(course_id), (Attendance, course_id, day.isoformat())])
    if course is None:
        raise CourseNotFound
    if session is None or session.deleted:
        raise SessionNotFound
    require_match(session.version, if_match)
    session.records, session.deleted, session.updated_at = {}, True, now
    with transaction() as tx:
        emit(tx, _event_of(session, tx.put(session)), now)


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
        raise StudentNotEnrolled("records", index, "studentId")


def _has_record(session: Attendance, student_id: str | None) -> bool:
    return student_id is None or student_id in session.records


def _view(
    session: Attendance,
    version: int,
    course: roster.Course,
    students: Mapping[UUID, roster.User],
    own: str | None = None,
) -> AttendanceView:
    records = session.records if own is None else {own: session.records[own]}
    return AttendanceView(
        course_id=session.course_id,
        course_title=course.title,
        date=session.date,
        records=[_record_view(UUID(student_id), status, students) for student_id, status in records.items()],
        version=version,
        created_at=session.created_at,
        updated_at=session.updated_at,
    )


def _record_view(student_id: UUID, status: str, students: Mapping[UUID, roster.User]) -> AttendanceRecordView:
    student = students.get(student_id)
    return AttendanceRecordView(student_id=student_id, student_name=student.name if student else None, status=status)
