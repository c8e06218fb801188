"""Programs: made, listed, changed, deleted."""

from uuid import uuid4

import pytest

from tests.conftest import Outbox
from tests.program.conftest import Program


def test_a_new_program_is_answered_emitted_and_shown(program: Program, outbox: Outbox) -> None:
    from lms import roster
    from lms.events.courses import ProgramCreated

    body = {"title": "  Robotics ", "description": "From a first robot\nto many."}
    answer = program.http.post("/programs/create", body, token=program.admin.token)
    assert answer.status == 201, answer
    made = answer.json
    assert made["title"] == "Robotics"
    assert set(made) == {"id", "title", "description", "version", "createdAt", "updatedAt"}
    assert made["createdAt"].endswith("Z")
    assert answer.headers["location"] == f"/programs/{made['id']}/details"
    assert answer.version == 1
    shown = program.http.get(answer.headers["location"])
    assert (shown.status, shown.json, shown.version) == (200, made, 1)
    assert outbox.of(ProgramCreated)[-1] == ProgramCreated(version=1, program_id=made["id"], title="Robotics")
    [card] = roster.find_programs([outbox.of(ProgramCreated)[-1].program_id]).values()
    assert card.title == "Robotics"


def test_no_two_programs_have_one_title_whatever_its_case_and_spaces(program: Program) -> None:
    for title in ("agentic ai", "AGENTIC  AI"):
        answer = program.http.post("/programs/create", {"title": title}, token=program.admin.token)
        assert answer.problem == (409, "title-taken")


def test_no_two_programs_have_titles_that_look_alike(program: Program) -> None:
    for title in ("Agentic\u200b AI", "Ａｇｅｎｔｉｃ AI", "\u2067Agentic AI\u2069"):
        answer = program.http.post("/programs/create", {"title": title}, token=program.admin.token)
        assert answer.problem == (409, "title-taken")


def test_a_title_of_invisible_characters_is_422(program: Program) -> None:
    for title in ("\u200b", "\u3164", " \u2060 "):
        assert program.http.post("/programs/create", {"title": title}, token=program.admin.token).status == 422


def test_a_renamed_program_frees_its_title_and_a_deleted_one_too(program: Program) -> None:
    path = f"/programs/{program.id}"
    renamed = program.http.put(f"{path}/update", {"title": "Physical AI"}, token=program.admin.token)
    assert (renamed.status, renamed.json["title"], renamed.json["version"]) == (200, "Physical AI", 2)
    second = program.new_program("Agentic AI")
    taken = program.http.put(f"/programs/{second['id']}/update", {"title": "physical ai"}, token=program.admin.token)
    assert taken.problem == (409, "title-taken")
    assert program.http.delete(f"{path}/delete", token=program.admin.token).status == 204
    assert program.new_program("PHYSICAL AI")


def test_an_update_keeps_what_it_does_not_name(program: Program) -> None:
    made = program.new_program("Robotics", description="About robots")
    path = f"/programs/{made['id']}/update"
    answer = program.http.put(path, {"title": "ROBOTICS"}, token=program.admin.token)
    assert (answer.json["title"], answer.json["description"]) == ("ROBOTICS", "About robots")
    assert program.http.put(path, {"description": ""}, token=program.admin.token).json["description"] == ""


def test_if_match_lets_an_update_through_only_on_the_version_it_names(program: Program) -> None:
    path = f"/programs/{program.id}"
    current = {"if-match": '"1"'}
    assert program.http.put(f"{path}/update", {"title": "A"}, token=program.admin.token, headers=current).status == 200
    for call in (
        program.http.put(f"{path}/update", {"title": "B"}, token=program.admin.token, headers=current),
        program.http.delete(f"{path}/delete", token=program.admin.token, headers=current),
    ):
        assert call.status == 412
    assert program.http.get(f"{path}/details").json["title"] == "A"


def test_a_program_with_courses_is_not_deleted(program: Program, outbox: Outbox) -> None:
    from lms.events.courses import ProgramDeleted

    course = program.new_course()
    path = f"/programs/{program.id}/delete"
    assert program.http.delete(path, token=program.admin.token).problem == (409, "has-courses")
    assert program.http.delete(f"/courses/{course}/delete", token=program.admin.token).status == 204
    assert program.http.delete(path, token=program.admin.token).status == 204
    assert program.http.delete(path, token=program.admin.token).status == 404
    assert program.http.get(f"/programs/{program.id}/details").status == 404
    assert outbox.of(ProgramDeleted)[0].version == 2
    assert program.http.get("/programs/list").json == {"items": [], "next": None}


def test_the_catalogue_is_open_to_all_and_read_in_pages(program: Program) -> None:
    made = [program.id, *(program.new_program(f"Program {n}")["id"] for n in range(6))]
    assert [item["id"] for item in program.http.list_all("/programs/list", limit=3)] == made
    courses = [program.new_course(f"Course {n}") for n in range(5)]
    listed = program.http.list_all(f"/programs/{program.id}/courses", limit=2)
    assert [item["id"] for item in listed] == courses
    assert {item["programId"] for item in listed} == {program.id}
    assert program.http.get(f"/programs/{uuid4()}/courses").status == 404


def test_a_cursor_serves_its_own_list_alone(program: Program) -> None:
    program.new_program("Another")
    cursor = program.http.get("/programs/list", query={"limit": "1"}).json["next"]
    answer = program.http.get(f"/programs/{program.id}/courses", query={"cursor": cursor})
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["query", "cursor"])


def test_a_repeated_create_answers_the_first_answer_again(program: Program, outbox: Outbox) -> None:
    from lms.events.courses import ProgramCreated

    headers = {"idempotency-key": "k-1"}
    calls = [
        program.http.post("/programs/create", {"title": "Once"}, token=program.admin.token, headers=headers)
        for _ in range(2)
    ]
    assert [call.status for call in calls] == [201, 201]
    assert calls[0].json == calls[1].json
    assert calls[0].headers["location"] == calls[1].headers["location"]
    assert [event.title for event in outbox.of(ProgramCreated)].count("Once") == 1
    other = program.http.post("/programs/create", {"title": "Two"}, token=program.admin.token, headers=headers)
    assert other.status == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "  "},
        {"title": None},
        {"title": "x" * 201},
        {"title": "a\u0000b"},
        {"title": "T", "description": "x" * 10_001},
        {"title": "T", "description": None},
        {"title": "T", "id": "1"},
        {"title": "T", "version": 3},
        [],
    ],
)
def test_a_bad_program_is_refused_field_by_field(program: Program, body: object) -> None:
    answer = program.http.post("/programs/create", body, token=program.admin.token)
    assert (answer.status, answer.problem[1]) == (422, "about:blank")
    assert answer.json["errors"][0]["loc"][0] == "body"


def test_refusals_come_in_order(program: Program) -> None:
    missing = uuid4()
    for role, path in ((program.teacher, "/programs/create"), (program.student, f"/programs/{missing}/courses/create")):
        assert program.http.post(path, raw=b"x" * 300_000, token=role.token).status == 413
        assert program.http.post(path, {"bad": 1}).status == 401
        assert program.http.post(path, {"bad": 1}, token=role.token).status == 403
        assert program.http.post(path, {"bad": 1}, token=program.admin.token).status == 422
    assert program.http.put(f"/programs/{missing}/update", {"title": 1}, token=program.admin.token).status == 422
    old = {"if-match": '"9"'}
    gone = program.http.put(f"/programs/{missing}/update", {"title": "A"}, token=program.admin.token, headers=old)
    assert gone.status == 404
    program.new_program("Taken")
    path = f"/programs/{program.id}/update"
    taken = program.http.put(path, {"title": "taken"}, token=program.admin.token, headers=old)
    assert taken.status == 409
    assert program.http.put(path, {"title": "Free"}, token=program.admin.token, headers=old).status == 412
    assert program.http.put(path, {"title": "Free"}, token=program.admin.token, headers={"if-match": "x"}).status == 422
