"""Telling every assignment again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from instructor.service import assignments, people
from instructor.tables import Instructor
from lms import roster
from lms.clock import now
from lms.dynamo import retry_stale, transaction
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, onward, words_from

_STATES = (people.LISTED, people.ERASED)
WAYS = f"({'|'.join(_STATES)}) {ID}"


def everyone(last: Way) -> Iterator[Row]:
    """Every instructor with their assignments, past ones too (`lms.republish.Rows`)."""
    for state in words_from(_STATES, last):
        for instructor in Instructor.directory_index.query(state, onward(Instructor.id, last, (state,))):
            yield (state, str(instructor.id)), partial(_tell, instructor.id)


@retry_stale
def _tell(instructor_id: UUID) -> None:
    instructor = Instructor.get(instructor_id, consistent_read=True)
    for assigned in people.assignments_of(instructor):
        with transaction() as tx:
            tx.check(Instructor, instructor_id, None, Instructor.version == instructor.version)
            if assigned.active:
                roster.put_assignment(tx, instructor_id, assigned.course_id, version=assigned.version)
            else:
                roster.remove_assignment(tx, instructor_id, assigned.course_id)
            emit_again(tx, assignments.told(instructor_id, assigned), now())
