"""Events of students, of courses, and of students' learning in them."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.courses import CourseCreated, CourseState, CourseUpdated, ProgramCreated, ProgramUpdated
from lms.events.enrollments import InstructorAssigned, InstructorUnassigned
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled, ExamState, ResultRecorded
from lms.events.exports import ExportRequested
from lms.events.progress import AttendanceRecorded, ProgressUpdated
from lms.events.users import UserErased, UserProfileUpdated, UserProvisioned, UserRegistered
from student.rules import Progress, Result
from student.service import attendance, courses, export, report_cards, students


def _student(event: UserRegistered | UserProvisioned | UserProfileUpdated, _: Envelope) -> None:
    # The Roster has what the event says of the person; this makes the student's record.
    if event.role == "student":
        students.find(event.user_id, now())


def _renamed(event: UserProfileUpdated, envelope: Envelope) -> None:
    if event.role == "teacher":
        courses.update_teacher_name(event.user_id)
    _student(event, envelope)


def _erased(event: UserErased, _: Envelope) -> None:
    students.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


def _course(event: CourseState, _: Envelope) -> None:
    courses.update_course(event.course_id, event.title, event.program_id, event.term_id, event.version)


def _program(event: ProgramCreated | ProgramUpdated, _: Envelope) -> None:
    courses.update_program(event.program_id, event.title, event.version)


def _assigned(event: InstructorAssigned, _: Envelope) -> None:
    courses.update_teacher(event.course_id, event.teacher_id, event.version, assigned=True)


def _unassigned(event: InstructorUnassigned, _: Envelope) -> None:
    courses.update_teacher(event.course_id, event.teacher_id, event.version, assigned=False)


def _exam(event: ExamState, _: Envelope) -> None:
    courses.update_exam(event.course_id, event.exam_id, event.title, event.weight, event.version)


def _exam_cancelled(event: ExamCancelled, _: Envelope) -> None:
    courses.update_exam(event.course_id, event.exam_id, None, None, event.version)


def _result(event: ResultRecorded, _: Envelope) -> None:
    result = Result(score=event.score, weight=event.weight, released=event.released, version=event.version)
    report_cards.record_result(event.student_id, event.course_id, event.exam_id, result, now())


def _progress(event: ProgressUpdated, _: Envelope) -> None:
    progress = Progress(percentage=event.completion_percentage, version=event.version)
    report_cards.record_progress(event.student_id, event.course_id, progress, now())


def _attendance(event: AttendanceRecorded, _: Envelope) -> None:
    statuses = {record.student_id: record.status for record in event.records}
    attendance.record(event.course_id, event.date, statuses, event.version, now())


handler = KafkaConsumer(
    {
        UserRegistered: _student,
        UserProvisioned: _student,
        UserProfileUpdated: _renamed,
        UserErased: _erased,
        ExportRequested: _export,
        CourseCreated: _course,
        CourseUpdated: _course,
        ProgramCreated: _program,
        ProgramUpdated: _program,
        InstructorAssigned: _assigned,
        InstructorUnassigned: _unassigned,
        ExamScheduled: _exam,
        ExamChanged: _exam,
        ExamCancelled: _exam_cancelled,
        ResultRecorded: _result,
        ProgressUpdated: _progress,
        AttendanceRecorded: _attendance,
    }
)
