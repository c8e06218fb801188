"""What exam adds to the export of a course: its question bank."""

from datetime import datetime

from exam.service import views
from exam.tables import StoredBankQuestion
from lms import course_exports, roster
from lms.events import CourseExportRequested


def add_bank(event: CourseExportRequested, now: datetime) -> None:
    """Adds all questions of the bank as the API shows them."""
    course = roster.find_course(event.course_id)
    if course is None:
        return
    stored = StoredBankQuestion.query(course.id, consistent_read=True)
    shown = [views.bank_question(course, each.bank_question()) for each in stored]
    questions = [question.model_dump(mode="json", exclude={"images"}) for question in shown]
    course_exports.add_part(event, "bank", {"questions": questions}, now)
