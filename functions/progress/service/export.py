"""What progress holds about a person, for their export."""

from datetime import datetime
from typing import Any
from uuid import UUID

from lms import exports, roster
from lms.dynamo import read_together
from lms.events.exports import ExportRequested
from progress import rules
from progress.tables import Attendance, Feedback, FeedbackAuthor, Progress


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds progress and attendance in all courses of a student, and the feedback of and about a person."""
    person_id = event.person_id
    courses = [membership.course_id for membership in roster.courses_of("student", person_id)]
    progress = read_together([(Progress, rules.progress_id(person_id, course_id), None) for course_id in courses])
    part = {
        "Progress": exports.rows(each for each in progress if each),
        "Attendance": [session for course_id in courses for session in _sessions(person_id, course_id)],
        "Feedback": [*_given(person_id), *_received(person_id)],
    }
    exports.add_part(event, "progress", part, now)


def _sessions(person_id: UUID, course_id: UUID) -> list[dict[str, Any]]:
    """A person's own statuses; who else was there is the others'."""
    own = str(person_id)
    found = Attendance.query(course_id, filter_condition=Attendance.records.contains(own), consistent_read=True)
    return [{"course_id": course_id, "date": each.date, "status": each.records[own]} for each in found]


def _given(person_id: UUID) -> list[dict[str, Any]]:
    authors = FeedbackAuthor.query(person_id, consistent_read=True)
    found = read_together([(Feedback, author.about_course, author.feedback_id) for author in authors])
    return exports.rows(each for each in found if each)


def _received(person_id: UUID) -> list[dict[str, Any]]:
    """What was said of a teacher, and not by whom."""
    keys = [(Feedback, each.course_id, each.id) for each in Feedback.teacher_index.query(person_id)]
    rows = exports.rows(each for each in read_together(keys) if each)
    return [{name: value for name, value in row.items() if name != "student_id"} for row in rows]
