"""What others tell of students, of courses, and of how the ones do in the others."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    AttendanceRecorded,
    CourseCreated,
    CourseState,
    CourseUpdated,
    ExamCancelled,
    ExamChanged,
    ExamScheduled,
    ExamState,
    ProgramCreated,
    ProgramUpdated,
    ProgressUpdated,
    ResultRecorded,
    UserErased,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
)
from student.rules import Progress, Result
from student.service import attendance, cards, courses, people


def _student(event: UserRegistered | UserProvisioned | UserProfileUpdated, _: Envelope) -> None:
    # What the event says of the person is on the Roster already; here is only kept that there is such a student.
    if event.is_type == "student":
        people.find(event.user_id, now())


def _erased(event: UserErased, _: Envelope) -> None:
    people.forget(event.user_id, now())


def _course(event: CourseState, _: Envelope) -> None:
    courses.note_course(event.course_id, event.title, event.program_id, event.version)


def _program(event: ProgramCreated | ProgramUpdated, _: Envelope) -> None:
    courses.note_program(event.program_id, event.title, event.version)


def _exam(event: ExamState, _: Envelope) -> None:
    courses.note_exam(event.course_id, event.exam_id, event.weight, event.version)


def _exam_cancelled(event: ExamCancelled, _: Envelope) -> None:
    courses.note_exam(event.course_id, event.exam_id, None, event.version)


def _result(event: ResultRecorded, _: Envelope) -> None:
    told = Result(score=event.score, weight=event.weight, released=event.released, version=event.version)
    cards.note_result(event.student_id, event.course_id, event.exam_id, told, now())


def _progress(event: ProgressUpdated, _: Envelope) -> None:
    told = Progress(percentage=event.completion_percentage, version=event.version)
    cards.note_progress(event.student_id, event.course_id, told, now())


def _attendance(event: AttendanceRecorded, _: Envelope) -> None:
    statuses = {record.student_id: record.status for record in event.records}
    attendance.note(event.course_id, event.date, statuses, event.version, now())


handler = KafkaConsumer(
    {
        UserRegistered: _student,
        UserProvisioned: _student,
        UserProfileUpdated: _student,
        UserErased: _erased,
        CourseCreated: _course,
        CourseUpdated: _course,
        ProgramCreated: _program,
        ProgramUpdated: _program,
        ExamScheduled: _exam,
        ExamChanged: _exam,
        ExamCancelled: _exam_cancelled,
        ResultRecorded: _result,
        ProgressUpdated: _progress,
        AttendanceRecorded: _attendance,
    }
)
