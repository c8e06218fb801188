"""Telling every outline again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial

from content.service import outlines
from lms import roster
from lms.clock import now
from lms.republish import ID, Row, Way, id_in

WAYS = ID


def everything(last: Way) -> Iterator[Row]:
    """The outline of every course (`lms.republish.Rows`)."""
    for course_id in roster.courses_from(id_in(last, ())):
        yield (str(course_id),), partial(outlines.tell_again, course_id, now())
