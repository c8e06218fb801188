"""A question bank on the real stack: uploaded, read, applied, exported, and imported again equal."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.exchange.test_moodle_backup import PNG, contents, stored, tarred
from tests.stack.clients import Person, demo_person, eventually
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

GIFT = b"""$CATEGORY: Loops/While

::Squares:: Is 4 a square? {T}

::Capitals:: What is the capital of Pakistan? {=Islamabad ~Karachi ~Lahore}

::Digits:: What is 3.14 to one place? {#3.1:0.05}
"""


@pytest.fixture(scope="module")
def admin(stack: StackUnderTest) -> Person:
    return demo_person(stack, "admin")


def test_a_bank_comes_into_a_course_and_out_again(admin: Person) -> None:
    first, second = _course(admin), _course(admin)
    shown = _bring(admin, first, "bank.gift", GIFT)
    assert shown["format"] == "gift"
    assert shown["contents"]["questions"] == 3
    bank = _bank(admin, first)
    assert sorted(question["title"] for question in bank) == ["Capitals", "Digits", "Squares"]
    for wanted in ("gift", "moodleXml", "qti"):
        asked = admin.call("POST", f"/courses/{first}/exports", json={"format": wanted}).json()
        export = _until(admin, f"/exports/{asked['id']}", "complete")
        written = httpx.get(export["url"], trust_env=False).content
        course = second if wanted == "gift" else _course(admin)
        _bring(admin, course, export["fileName"], written)
        assert _own(_bank(admin, course)) == _own(bank), wanted


def test_a_course_of_moodle_comes_with_lessons_files_questions_and_a_draft(admin: Person) -> None:
    course = _course(admin)
    shown = _bring(admin, course, "course.mbz", tarred(_moodle_course()))
    assert (shown["format"], shown["contents"]["questions"], shown["contents"]["exams"]) == ("moodleBackup", 2, 1)
    assert {line["outcome"] for line in admin.call("GET", f"/imports/{shown['id']}/items").json()["items"]} >= {"taken"}
    [module] = admin.call("GET", f"/courses/{course}/outline").json()["modules"]
    assert [each["title"] for each in module["lessons"]][:4] == ["Site", "Welcome", "more.pdf", "Plan"]
    welcome = admin.call("GET", f"/lessons/{module['lessons'][1]['id']}").json()
    [picture] = welcome["images"].values()
    assert httpx.get(picture["url"], trust_env=False).content == PNG
    [draft] = admin.call("GET", f"/courses/{course}/exams").json()["items"]
    assert (draft["title"], draft["published"]) == ("Test", False)
    asked = admin.call("GET", f"/exams/{draft['id']}/questions").json()["items"]
    assert [each["questionText"] for each in asked if each["images"]] == [asked[1]["questionText"]]
    [shown_there] = asked[1]["images"].values()
    assert httpx.get(shown_there["url"], trust_env=False).content == PNG


def _moodle_course() -> dict[str, bytes]:
    """The course of the reader's own tests, with a picture in one of its questions."""
    files = contents()
    picture = stored(1, "questiontext", "a.png", "image/png", PNG).replace("mod_x", "question")
    files["files.xml"] = files["files.xml"].replace(
        b"</files>", picture.replace("<itemid>0<", "<itemid>11<").encode() + b"</files>"
    )
    shown = b"Which? &lt;img src='@@PLUGINFILE@@/a.png' alt='A'&gt;"
    files["questions.xml"] = files["questions.xml"].replace(b"Which?", shown)
    return files


def test_a_file_that_nobody_can_read_fails_with_a_reason(admin: Person) -> None:
    shown = _read(admin, _course(admin), "broken.zip", b"PK\x03\x04 and no more")
    assert (shown["state"], shown["reason"]) == ("failed", "The zip archive is damaged.")


def _course(admin: Person) -> str:
    program = admin.call("POST", "/programs/create", json={"title": f"A program {uuid4()}"}).json()["id"]
    made = admin.call("POST", f"/programs/{program}/courses/create", json={"title": "Agents"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def _read(admin: Person, course: str, name: str, body: bytes) -> Any:
    new = admin.call("POST", f"/courses/{course}/imports", json={"fileName": name}).json()
    form = new["upload"]
    uploaded = httpx.post(form["url"], data=form["fields"], files={"file": (name, body)}, trust_env=False)
    assert uploaded.status_code < 300, uploaded.text
    assert admin.call("POST", f"/imports/{new['id']}/read").status_code == 202
    return _until(admin, f"/imports/{new['id']}", "ready", "failed")


def _bring(admin: Person, course: str, name: str, body: bytes) -> Any:
    shown = _read(admin, course, name, body)
    assert shown["state"] == "ready", shown
    assert admin.call("POST", f"/imports/{shown['id']}/apply", json={}).status_code == 202
    return _until(admin, f"/imports/{shown['id']}", "applied")


def _until(admin: Person, path: str, *states: str) -> Any:
    def look() -> Any:
        shown = admin.call("GET", path).json()
        return shown if shown["state"] in (*states, "failed") else None

    found = eventually(look, 120)
    assert found["state"] in states, found
    return found


def _bank(admin: Person, course: str) -> list[Any]:
    items: list[Any] = admin.call("GET", f"/courses/{course}/questionBank", params={"limit": 100}).json()["items"]
    return items


def _own(questions: list[Any]) -> list[Any]:
    """What questions say; a format may call their choices otherwise."""
    others = {"id", "courseId", "courseTitle", "version", "createdAt", "updatedAt"}
    own = [{name: value for name, value in each.items() if name not in others} for each in questions]
    return sorted(map(_with_numbered_choices, own), key=lambda each: str(each["title"]))


def _with_numbered_choices(question: dict[str, Any]) -> dict[str, Any]:
    numbers = {choice["id"]: number for number, choice in enumerate(question["choices"])}
    choices = [{**choice, "id": numbers[choice["id"]]} for choice in question["choices"]]
    key = question["correctAnswer"]
    return {**question, "choices": choices, "correctAnswer": numbers.get(key, key) if isinstance(key, str) else key}
