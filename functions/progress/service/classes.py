"""What becomes of a whole class when its course changes."""

from datetime import datetime
from uuid import UUID

from lms.outline import read_outline
from progress.service.learning import follow_outline
from progress.tables import Progress

# Each student is two of the hundred writes of a transaction; fewer collide less with students who are at work.
_AT_ONCE = 25


def follow(course_id: UUID, outline_version: int, now: datetime) -> None:
    """Brings everybody's progress in a course to its outline, some students at a time; may be repeated.

    An outline that was changed again meanwhile is left to the event of that change.
    """
    if read_outline(course_id).version > outline_version:
        return
    ids = [progress.id for progress in Progress.class_index.query(course_id)]
    for start in range(0, len(ids), _AT_ONCE):
        follow_outline(course_id, ids[start : start + _AT_ONCE], now)
