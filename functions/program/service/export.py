"""What program holds about a person, for their export."""

from datetime import datetime

from lms import exports, roster
from lms.dynamo import read_together
from lms.events.exports import ExportRequested
from program.tables import CoursePayments, Enrollment


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds a student's enrolments and what they paid for courses; of others than students there are none."""
    person_id = event.person_id
    courses = [membership.course_id for membership in roster.courses_of("student", person_id)]
    keys = [(table, course_id, person_id) for course_id in courses for table in (Enrollment, CoursePayments)]
    found = read_together(keys)
    part = {"Enrollments": exports.rows(row for row in found if row is not None)}
    exports.add_part(event, "program", part, now)
