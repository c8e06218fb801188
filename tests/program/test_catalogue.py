"""The catalogue: open courses, by the words of their titles."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from program import rules
from tests.conftest import Calls
from tests.institute.conftest import Institute, institute
from tests.program.conftest import Program

__all__ = ["institute"]  # For the tests of this file.


def titles(program: Program, limit: int = 25, **query: str) -> list[str]:
    return [course["title"] for course in program.http.list_all("/courses/catalogue", limit=limit, **query)]


def test_a_course_is_found_by_the_beginnings_of_words_in_any_order(program: Program) -> None:
    for title in ("Building Agents", "Agents and agencies", "Étude of Büros"):
        program.new_course(title)
    assert sorted(titles(program, q="AGEN")) == ["Agents and agencies", "Building Agents"]
    assert titles(program, q="agents bui") == ["Building Agents"]
    assert titles(program, q="ETUDE") == []
    assert titles(program, q="étu") == ["Étude of Büros"]
    assert titles(program, q="gents") == []
    assert len(titles(program, q="?")) == len(titles(program)) == 3


@pytest.mark.parametrize("limit", [1, 2, 25])
def test_each_course_is_found_once_however_small_the_pages(program: Program, limit: int) -> None:
    for number in range(4):
        program.new_course(f"Agents, agency and agenda {number}")
    assert len(titles(program, limit, q="age")) == len(titles(program, limit)) == 4


def test_the_catalogue_of_a_program_or_a_term_has_its_courses_alone(program: Program, institute: Institute) -> None:
    term = institute.new_term().json["id"]
    other = program.new_program("Law")["id"]
    program.new_course("Agents I", termId=term)
    program.new_course("Agents II")
    path = f"/programs/{other}/courses/create"
    program.http.post(path, {"title": "Agents in law", "termId": term}, token=program.admin.token)
    assert sorted(titles(program, termId=term)) == ["Agents I", "Agents in law"]
    assert (
        titles(program, termId=term, programId=program.id)
        == titles(program, q="agents", termId=term, programId=program.id)
        == ["Agents I"]
    )
    assert titles(program, programId=other) == ["Agents in law"]


def test_what_is_renamed_closed_or_deleted_is_no_longer_found(program: Program) -> None:
    course = program.new_course("Agents")
    program.update(course, title="Robots")
    assert (titles(program, q="agents"), titles(program, q="robots"), titles(program)) == ([], ["Robots"], ["Robots"])
    program.update(course, enrollment="closed")
    assert titles(program, q="robots") == titles(program) == []
    program.update(course, enrollment="open")
    assert titles(program, q="robots") == ["Robots"]
    program.http.delete(f"/courses/{course}/delete", token=program.admin.token)
    assert titles(program, q="robots") == titles(program, programId=program.id) == []


def test_a_title_of_a_hundred_words_can_be_replaced_by_another(program: Program) -> None:
    course = program.new_course(" ".join(chr(0x4E00 + number) for number in range(100)))
    program.update(course, title=" ".join(chr(0x5E00 + number) for number in range(100)))
    assert len(titles(program, q=chr(0x5E00))) == 1


def test_a_search_takes_three_calls(program: Program, calls: Calls) -> None:
    for number in range(25):
        program.new_course(f"Agents {number}", fee="100.00")
    calls.clear()
    found: Any = program.http.get("/courses/catalogue", query={"q": "agents"}).json["items"]
    assert {(course["programTitle"], course["fee"]) for course in found} == {("Agentic AI", "100.00")}
    assert (len(found), [operation for operation, _ in calls]) == (25, ["Query", "BatchGetItem", "BatchGetItem"])


@given(st.text(max_size=60), st.data())
def test_a_title_is_found_by_each_of_its_words_and_by_exactly_one_entry(title: str, data: st.DataObject) -> None:
    words = rules.words_of(title)
    searched = [word[: data.draw(st.integers(1, len(word)))] for word in words]
    assert sum(rules.is_match(words, word, searched) for word in words) == min(1, len(words))
    assert rules.is_match(words, "", [])
