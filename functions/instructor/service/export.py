"""What instructor holds about a person, for their export."""

from datetime import datetime

from instructor.tables import ClassMember, Teacher
from lms import exports, roster
from lms.dynamo import read_together
from lms.events.exports import ExportRequested


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds a teacher's record, or how a student counts in their classes."""
    person_id = event.person_id
    courses = [membership.course_id for membership in roster.courses_of("student", person_id)]
    members = [(ClassMember, ClassMember.key_of(course_id, person_id), None) for course_id in courses]
    found = read_together([(Teacher, person_id, None), *members])
    exports.add_part(event, "instructor", {"Instructors": exports.rows(row for row in found if row is not None)}, now)
