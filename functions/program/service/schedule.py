"""The schedule of a course: its published exams by their events, of which the highest version counts."""

from uuid import UUID

from lms import access
from lms.callers import Caller
from lms.events.exams import ExamCancelled, ExamState
from lms.pages import Page, PageRequest, query_page
from program.schemas import ScheduledExam
from program.service import courses
from program.tables import ExamDate


def list_exams(course_id: UUID, caller: Caller, paging: PageRequest) -> Page[ScheduledExam]:
    """The published exams of a course, soonest first; raises `NotCourseMember`, `CourseNotFound`."""
    access.require_belonging(caller, course_id)
    courses.get(course_id)
    exams, after = query_page(ExamDate.schedule, [course_id], paging)
    return paging.page([ScheduledExam.model_validate(exam) for exam in exams], after)


def record_exam(event: ExamState) -> None:
    """Stores an exam as it is at this version."""
    _store(
        ExamDate(
            exam_id=event.exam_id,
            course_id=event.course_id,
            title=event.title,
            opens_at=event.opens_at,
            closes_at=event.closes_at,
            duration=event.duration,
            version=event.version,
        )
    )


def remove_exam(event: ExamCancelled) -> None:
    """Takes an exam off the schedule; events of older versions do not bring it back."""
    _store(ExamDate(exam_id=event.exam_id, version=event.version))


def _store(exam: ExamDate) -> None:
    exam.save_if(ExamDate.version.does_not_exist() | (ExamDate.version < exam.version))
