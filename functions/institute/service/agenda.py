"""What calendars show, as events report it: exams by course, what is to be paid by person, people's time zones."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from pynamodb.expressions.condition import Condition

from institute import rules
from institute.rules import KnownExam
from institute.tables import Calendar, CalendarToken, CourseExams, DueVoucher, PersonPreferences
from lms import roster
from lms.dynamo import Table, retry_stale, transaction
from lms.events.exams import ExamCancelled, ExamState
from lms.events.payments import PaymentConfirmed, VoucherCancelled, VoucherEvent
from lms.events.users import UserPreferencesChanged


class _Erased(Exception):
    """The person is no longer there."""


_exams = TypeAdapter(dict[UUID, KnownExam], config=ConfigDict(defer_build=True))


def update_exam(event: ExamState | ExamCancelled, changed_at: datetime) -> None:
    """Takes over an exam as it is now, or that it was cancelled."""
    if isinstance(event, ExamCancelled):
        exam = KnownExam(version=event.version, changed_at=changed_at)
    else:
        exam = KnownExam(
            version=event.version,
            changed_at=changed_at,
            title=event.title,
            opens_at=event.opens_at,
            closes_at=event.closes_at,
        )
    _put_exam(event.course_id, event.exam_id, exam)


@retry_stale
def _put_exam(course_id: UUID, exam_id: UUID, exam: KnownExam) -> None:
    course = CourseExams.find(course_id, "") or CourseExams(course_id=course_id, item="", exams={})
    exams = rules.with_exam(exams_of(course), exam_id, exam)
    if exams is None:
        return
    course.exams = _exams.dump_python(exams, mode="json", exclude_none=True)
    with transaction() as tx:
        tx.put(course)


def exams_of(course: CourseExams | None) -> dict[UUID, KnownExam]:
    return _exams.validate_python(course.exams) if course else {}


@retry_stale
def update_voucher(event: VoucherEvent, changed_at: datetime) -> None:
    """Takes over what a student is to pay, or that it is paid or cancelled."""
    known = DueVoucher.find(event.student_id, event.voucher_no)
    if known is not None and known.source_version >= event.version:
        return
    voucher = DueVoucher(
        student_id=event.student_id,
        voucher_no=event.voucher_no,
        course_id=event.course_id,
        quarter=event.quarter,
        fee=f"{event.fee:.2f}",
        currency=event.currency,
        due_date=event.due_date,
        closed=isinstance(event, PaymentConfirmed | VoucherCancelled),
        changed_at=changed_at,
        source_version=event.version,
    )
    is_new = DueVoucher.source_version.does_not_exist() | (DueVoucher.source_version < event.version)
    _put_of_person(event.student_id, voucher, is_new)


@retry_stale
def update_preferences(event: UserPreferencesChanged) -> None:
    """Takes over the time zone and the language that somebody chose."""
    known = PersonPreferences.find(event.user_id, "")
    if known is not None and known.source_version >= event.version:
        return
    preferences = PersonPreferences(
        person_id=event.user_id,
        item="",
        time_zone=event.time_zone,
        language=event.language,
        source_version=event.version,
    )
    older = PersonPreferences.source_version < event.version
    _put_of_person(event.user_id, preferences, PersonPreferences.source_version.does_not_exist() | older)


def _put_of_person(person_id: UUID, row: Table, condition: Condition) -> None:
    """Unless the person is erased: what comes after their end, from another topic, would stay for ever."""
    try:
        with transaction() as tx:
            roster.require_exists(tx, person_id, _Erased())
            tx.put(row, condition)
    except _Erased:
        return


def erase(person_id: UUID) -> None:
    """Ends the address of an erased person's calendar, and deletes what it showed of them alone."""
    calendar = Calendar.find(person_id, "")
    with transaction() as tx:
        if calendar is not None:
            tx.delete(calendar)
            tx.delete(CalendarToken(token_hash=calendar.token_hash, item=""))
        tx.delete(PersonPreferences(person_id=person_id, item=""))
    for voucher in DueVoucher.query(person_id, DueVoucher.voucher_no.startswith(""), consistent_read=True):
        voucher.delete()
