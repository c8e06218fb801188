"""Emits every assignment again, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime

from instructor.service import assignments, teachers
from instructor.tables import Teacher
from lms import roster
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection


def _teachers(paging: PageRequest) -> tuple[Sequence[Teacher], Position | None]:
    return query_page(Teacher.directory_index, [teachers.LISTED, teachers.ERASED], paging)


@retry_stale
def _republish(listed: Teacher, now: datetime) -> None:
    """Emits all assignments of a teacher, past ones too."""
    teacher = Teacher.get(listed.id, consistent_read=True)
    for assignment in teachers.assignments_of(teacher):
        with transaction() as tx:
            tx.check(Teacher, teacher.id, None, Teacher.version == teacher.version)
            if assignment.active:
                roster.put_assignment(tx, teacher.id, assignment.course_id, version=assignment.version)
            else:
                roster.remove_assignment(tx, teacher.id, assignment.course_id)
            emit_again(tx, assignments.event_of(teacher.id, assignment), now)


TEACHERS = Collection(_teachers, _republish)
