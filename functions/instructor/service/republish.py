"""Emits every assignment again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from instructor.service import assignments, teachers
from instructor.tables import Teacher
from lms import roster
from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, onward, words_from

_STATES = (teachers.LISTED, teachers.ERASED)
WAYS = f"({'|'.join(_STATES)}) {ID}"


def all_teachers(last: Way) -> Iterator[Row]:
    """Every teacher with their assignments, past ones too (`lms.republish.Rows`)."""
    for state in words_from(_STATES, last):
        for teacher in Teacher.directory_index.query(state, onward(Teacher.id, last, (state,))):
            yield (state, str(teacher.id)), partial(_republish, teacher.id)


@retry_stale
def _republish(teacher_id: UUID) -> None:
    teacher = Teacher.get(teacher_id, consistent_read=True)
    for assignment in teachers.assignments_of(teacher):
        with transaction() as tx:
            tx.check(Teacher, teacher_id, None, Teacher.version == teacher.version)
            if assignment.active:
                roster.put_assignment(tx, teacher_id, assignment.course_id, version=assignment.version)
            else:
                roster.remove_assignment(tx, teacher_id, assignment.course_id)
            emit_again(tx, assignments.event_of(teacher_id, assignment), now())
