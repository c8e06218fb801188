"""Events of users, courses and who teaches them, and exam's own: of exams that are set, and of what waits for marks."""

from exam.service import copies, course_accommodations, erasure, export, marking_lists
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import (
    AssignmentEvent,
    CourseCopied,
    ExamScheduled,
    ExportRequested,
    InstructorAssigned,
    InstructorUnassigned,
    MarkingChanged,
    UserErased,
)


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.erase(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


def _marking(event: MarkingChanged, _: Envelope) -> None:
    marking_lists.update(event.exam_id, event.student_id, now())


def _scheduled(event: ExamScheduled, _: Envelope) -> None:
    course_accommodations.apply_to_exam(event.exam_id, now())


def _copied(event: CourseCopied, _: Envelope) -> None:
    copies.copy_exams(event, now())


def _assignment(event: AssignmentEvent, _: Envelope) -> None:
    marking_lists.update_teacher(event.teacher_id, event.course_id)


handler = KafkaConsumer(
    {
        UserErased: _erased,
        ExportRequested: _export,
        ExamScheduled: _scheduled,
        MarkingChanged: _marking,
        CourseCopied: _copied,
        InstructorAssigned: _assignment,
        InstructorUnassigned: _assignment,
    }
)
