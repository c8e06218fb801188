"""The audit trail: each change once, found by what was changed, by whom, and by what it was; never changed itself."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import stored
from tests.institute.conftest import Institute
from tests.template import TEMPLATE, resources


def test_an_entry_says_who_did_what_to_whom_and_why(institute: Institute) -> None:
    from lms import roster
    from lms.dynamo import transaction

    course_id = uuid4()
    with transaction() as tx:
        roster.put_course(tx, course_id, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
    about = {"course": str(course_id), "user": str(institute.student.id)}
    event = institute.audited(about=about, before={"score": 4}, after={"score": 5}, reason="Counted again.")
    institute.consume(event)
    assert institute.trail() == [
        {
            "id": str(event.audit_id),
            "at": institute.clock().isoformat().replace("+00:00", "Z"),
            "actorId": str(institute.teacher.id),
            "actorName": institute.teacher.name,
            "action": "attempt.marked",
            "about": [
                {"kind": "course", "id": str(course_id), "name": "Agents"},
                {"kind": "user", "id": str(institute.student.id), "name": institute.student.name},
            ],
            "before": {"score": 4},
            "after": {"score": 5},
            "reason": "Counted again.",
            "service": "exam",
            "requestId": "request-of-the-test",
        }
    ]


def test_an_entry_is_found_by_everything_that_it_is_about_and_is_one_entry_still(institute: Institute) -> None:
    marked, released = institute.audited(), institute.audited("results.released", about={"exam": str(uuid4())})
    institute.consume(marked, released)
    for subject in marked.about.values():
        assert ids(institute.trail(subject=subject)) == [str(marked.audit_id)]
    assert ids(institute.trail(actor=str(institute.teacher.id))) == ids(institute.trail())
    assert sorted(ids(institute.trail())) == sorted([str(marked.audit_id), str(released.audit_id)])
    assert ids(institute.trail(action="results.released")) == [str(released.audit_id)]
    assert institute.trail(subject=str(uuid4())) == []


def test_filters_may_be_given_together(institute: Institute) -> None:
    student = str(institute.student.id)
    marked, overridden = institute.audited(), institute.audited("grade.overridden", actor_id=institute.admin.id)
    institute.consume(marked, overridden)
    by_action = institute.trail(subject=student, action="grade.overridden")
    by_actor = institute.trail(subject=student, actor=str(institute.teacher.id))
    assert (ids(by_action), ids(by_actor)) == ([str(overridden.audit_id)], [str(marked.audit_id)])
    assert institute.trail(actor=str(institute.teacher.id), action="grade.overridden") == []


def test_the_newest_come_first_over_the_turn_of_a_year_and_pages(institute: Institute) -> None:
    events = [institute.audited(at=institute.clock() - timedelta(days=days)) for days in (0, 1, 200, 330)]
    institute.consume(*reversed(events))
    expected = [str(event.audit_id) for event in events]
    years = {event.at.year for event in events}
    assert ids(institute.trail(limit="1", **{"from": f"{min(years)}-01-01T00:00:00Z"})) == expected


def test_a_time_begins_with_its_first_moment_and_ends_before_its_last(institute: Institute) -> None:
    now = institute.clock()
    events = [institute.audited(at=now - timedelta(hours=hours)) for hours in (3, 2, 1)]
    institute.consume(*events)
    period = {"from": written(events[0].at), "to": written(events[2].at)}
    assert ids(institute.trail(**period)) == [str(events[1].audit_id), str(events[0].audit_id)]
    assert len(institute.trail(to=period["to"], subject=str(institute.student.id))) == 2
    assert len(institute.trail(**{"from": written(events[2].at)}, action="attempt.marked")) == 1


def test_a_time_that_ends_before_it_begins_is_refused(institute: Institute) -> None:
    query = {"from": written(institute.clock()), "to": written(institute.clock())}
    answer = institute.http.get("/audit", token=institute.admin.token, query=query)
    assert (answer.status, answer.json["errors"][0]["type"]) == (422, "before-begin")


def test_an_entry_that_comes_again_stays_as_it_was(institute: Institute) -> None:
    event = institute.audited(reason="First.")
    institute.consume(event)
    before = institute.trail()
    institute.consume(event.model_copy(update={"reason": "Second."}), event)
    assert institute.trail() == before


def test_a_reason_is_gone_with_the_person_whom_it_is_about(institute: Institute) -> None:
    from institute.tables import AuditEntry
    from lms.events.users import UserErased

    institute.consume(institute.audited(reason="The student was ill."))
    institute.consume(institute.audited("exam.regraded", about={"exam": str(uuid4())}, reason="A slip of mine."))
    assert "ill" not in repr([entry.attribute_values for entry in stored(AuditEntry)])

    institute.consume(UserErased(version=9, user_id=institute.student.id))
    assert [entry["reason"] for entry in institute.trail(subject=str(institute.student.id))] == [None]
    assert [entry["reason"] for entry in institute.trail(action="exam.regraded")] == ["A slip of mine."]

    late = institute.audited(reason="Still ill.")
    institute.consume(late)
    assert [entry["reason"] for entry in institute.trail(subject=late.about["exam"])] == [None]

    institute.consume(UserErased(version=9, user_id=institute.teacher.id))
    assert [entry["reason"] for entry in institute.trail(action="exam.regraded")] == [None]


def test_what_an_operator_does_has_no_actor(institute: Institute) -> None:
    institute.consume(institute.audited("account.created", actor_id=None, about={"user": str(institute.admin.id)}))
    [entry] = institute.trail()
    assert (entry["actorId"], entry["actorName"]) == (None, None)


def test_no_function_may_change_or_delete_an_entry() -> None:
    from tests.architecture.deployed import FUNCTIONS, listed, named, statements

    allowed = {
        action
        for function in FUNCTIONS
        for statement in statements(function)
        if "AuditTable" in named(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert allowed == {"dynamodb:PutItem", "dynamodb:Query"}
    assert "TimeToLiveSpecification" not in resources("AWS::DynamoDB::Table")["AuditTable"]
    assert TEMPLATE["Resources"]["AuditTable"]["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize("query", [{"actor": "me"}, {"action": "sung"}, {"from": "2027-01-01"}, {"subject": ""}])
def test_filters_that_mean_nothing_are_refused(institute: Institute, query: Any) -> None:
    assert institute.http.get("/audit", token=institute.admin.token, query=query).status == 422


def ids(entries: list[Any]) -> list[str]:
    return [entry["id"] for entry in entries]


def written(moment: Any) -> str:
    text: str = moment.isoformat().replace("+00:00", "Z")
    return text
