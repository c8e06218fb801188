"""What student holds about a person, for their export."""

from datetime import datetime

from lms import exports
from lms.events.exports import ExportRequested
from student.tables import ReportCard, Student


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds the student's record and report cards; of others than students there are none."""
    student = Student.find(event.person_id)
    cards = ReportCard.query(event.person_id, consistent_read=True)
    part = {"Students": exports.rows([student] if student else []), "ReportCards": exports.rows(cards)}
    exports.add_part(event, "student", part, now)
