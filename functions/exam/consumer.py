"""Events of users, courses, who teaches them and what they import; and exam's own: exams are set, answers wait."""

from exam.service import marking_lists
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.courses import CourseCopied
from lms.events.enrollments import AssignmentEvent, InstructorAssigned, InstructorUnassigned
from lms.events.exams import ExamScheduled, MarkingChanged
from lms.events.exchange import CourseExportRequested, ImportPartRequested
from lms.events.exports import ExportRequested
from lms.events.users import UserErased

# What seldom happens is imported when it does: it needs the question bank, and with it the schemas of the whole API.


def _erased(event: UserErased, _: Envelope) -> None:
    from exam.service import erasure

    erasure.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    from exam.service import export

    export.add_part(event, now())


def _marking(event: MarkingChanged, _: Envelope) -> None:
    marking_lists.update(event.exam_id, event.student_id, now())


def _scheduled(event: ExamScheduled, _: Envelope) -> None:
    from exam.service import course_accommodations

    course_accommodations.apply_to_exam(event.exam_id, now())


def _copied(event: CourseCopied, _: Envelope) -> None:
    from exam.service import copies

    copies.copy_exams(event, now())


def _import_part(event: ImportPartRequested, _: Envelope) -> None:
    if event.kind != "outline":
        from exam.service import imports

        imports.apply(event, now())


def _course_export(event: CourseExportRequested, _: Envelope) -> None:
    from exam.service import course_exports

    if "bank" in event.parts:
        course_exports.add_bank(event, now())
    if "exams" in event.parts:
        course_exports.add_exams(event, now())


def _assignment(event: AssignmentEvent, _: Envelope) -> None:
    marking_lists.update_teacher(event.teacher_id, event.course_id)


handler = KafkaConsumer(
    {
        UserErased: _erased,
        ExportRequested: _export,
        ExamScheduled: _scheduled,
        MarkingChanged: _marking,
        CourseCopied: _copied,
        ImportPartRequested: _import_part,
        CourseExportRequested: _course_export,
        InstructorAssigned: _assignment,
        InstructorUnassigned: _assignment,
    }
)
