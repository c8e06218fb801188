"""Republishing every assignment, which writes the Roster anew, too."""

from typing import Any

from tests.conftest import Outbox
from tests.instructor.conftest import School
from tests.people import remove_card, sign_in
from tests.republishing import last_words, republish


def test_the_roster_is_rebuilt_and_all_assignments_republished(school: School, outbox: Outbox) -> None:
    from instructor.operations import handler
    from lms.events import UserErased
    from lms.roster import RosterItem

    courses, leaver = [school.new_course() for _ in range(3)], sign_in("teacher")
    for course in courses:
        school.assign(course)
    school.unassign(courses[0])
    school.assign(courses[1], leaver)
    remove_card(leaver)
    school.consume(UserErased(version=2, user_id=leaver.id))

    def items() -> Any:
        return {(item.owner, item.item): item.attribute_values for item in RosterItem.scan()}

    before, said = items(), last_words(outbox)
    for item in RosterItem.scan():
        if item.owner.startswith("teacher#"):
            item.delete()
    assert sum(answer["republished"] for answer in republish(handler, rows=1)) == 2
    assert items() == before
    assert last_words(outbox) == said
