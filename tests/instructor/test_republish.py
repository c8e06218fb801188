"""Republishing every assignment, which writes the Roster anew, too."""

from tests.conftest import Outbox
from tests.instructor.conftest import School
from tests.people import remove_card, sign_in
from tests.republishing import last_words, republish
from tests.roster_rows import remove_rows, rows


def test_the_roster_is_rebuilt_and_all_assignments_republished(school: School, outbox: Outbox) -> None:
    from instructor.operations import handler
    from lms.events.users import UserErased

    courses, leaver = [school.add_course() for _ in range(3)], sign_in("teacher")
    for course in courses:
        school.assign_teacher(course)
    school.unassign_teacher(courses[0])
    school.assign_teacher(courses[1], leaver)
    remove_card(leaver)
    school.consume(UserErased(version=2, user_id=leaver.id))

    before, said = rows(), last_words(outbox)
    remove_rows("teacher")
    assert sum(answer["republished"] for answer in republish(handler, rows=1)) == 2
    assert rows() == before
    assert last_words(outbox) == said
