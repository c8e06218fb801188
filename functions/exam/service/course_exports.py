"""What exam adds to the export of a course: its question bank."""

from datetime import datetime

from exam.service import views
from exam.tables import StoredBankQuestion
from lms import course_exports, roster
from lms.assets import content_type_of
from lms.events.exchange import CourseExportRequested


def add_bank(event: CourseExportRequested, now: datetime) -> None:
    """Adds all questions of the bank as the API shows them, and the images that they name."""
    course = roster.find_course(event.course_id)
    if course is None:
        return
    bank = [each.bank_question() for each in StoredBankQuestion.query(course.id, consistent_read=True)]
    shown = [views.bank_question(course, question) for question in bank]
    images = {image_id: key for question in bank for image_id, key in question.images.items()}
    part = {
        "questions": [question.model_dump(mode="json", exclude={"images"}) for question in shown],
        "files": [
            {"key": key, "name": image_id, "contentType": content_type_of(key), "size": None}
            for image_id, key in images.items()
        ],
    }
    course_exports.add_part(event, "bank", part, now)
