"""An export holds every table in which its person occurs, as the one list of such tables says."""

from typing import Any

from lms import exports
from lms.personal_data import HOLDINGS
from tests.journeys.school import School

# Nothing in them can be read, or it is a copy of what another table has.
_NOT_EXPORTED = {"Courses", "Outbox", "Idempotency"}
_OF_TEACHERS = {"Exchange"}


def test_an_export_has_every_table_of_a_service_in_which_the_person_occurs(school: School, bucket: Any) -> None:
    school.whole_life()
    file = school.export(bucket)
    assert file["data"].keys() == set(exports.SERVICES)
    exported = {table for part in file["data"].values() for table, rows in part.items() if rows}
    assert exported == {
        holding.table
        for holding in HOLDINGS
        if holding.service in exports.SERVICES and holding.table not in _NOT_EXPORTED | _OF_TEACHERS
    }
