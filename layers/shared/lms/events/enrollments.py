"""Who learns in a course, and who teaches it. Emitted by program and instructor."""

from typing import ClassVar
from uuid import UUID

from lms.events import Event


class EnrollmentEvent(Event):
    """`version` is the enrolment's: of one student in one course."""

    topic: ClassVar[str] = "lms.enrollment"
    course_id: UUID
    student_id: UUID

    @property
    def subject(self) -> str:
        return f"enrollment#{self.student_id}#{self.course_id}"


class StudentEnrolled(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.enrolled.v1"


class StudentDropped(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.dropped.v1"


class StudentCompleted(EnrollmentEvent):
    type: ClassVar[str] = "lms.student.completed.v1"


class AssignmentEvent(Event):
    """`version` is the assignment's: of one teacher to one course."""

    topic: ClassVar[str] = "lms.enrollment"
    course_id: UUID
    teacher_id: UUID

    @property
    def subject(self) -> str:
        return f"assignment#{self.teacher_id}#{self.course_id}"


class InstructorAssigned(AssignmentEvent):
    type: ClassVar[str] = "lms.instructor.assigned.v1"


class InstructorUnassigned(AssignmentEvent):
    type: ClassVar[str] = "lms.instructor.unassigned.v1"
