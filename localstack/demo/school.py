"""A real curriculum, a teacher for each of its courses, and thirty more students who learn in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

from localstack.demo.api import Api, DemoFailed
from localstack.demo.people import ADMIN, STUDENT, TEACHER, invite_teachers, register
from localstack.deployed import Deployed
from operations.source import ROOT

CURRICULUM = ROOT / "localstack" / "curriculum.json"
# One a course.
TEACHERS = {
    TEACHER: "Demo Teacher",
    "nadia.farooq@demo.example": "Nadia Farooq",
    "omar.sheikh@demo.example": "Omar Sheikh",
}
# Besides the demo student.
CLASSMATES = {
    f"{first}.{last}@demo.example".lower(): f"{first} {last}"
    for first in ("Ayesha", "Bilal", "Fatima", "Hamza", "Sana", "Zain")
    for last in ("Ahmed", "Hussain", "Khan", "Malik", "Siddiqui")
}
INSTITUTE = {
    "name": "Demo School",
    "timeZone": "Asia/Karachi",
    "languages": ["en", "ur"],
    "country": "PK",
    "contactEmail": "office@demo.example",
}
# Hashing a password keeps a core busy.
AT_ONCE = 2
_OK, _CREATED = frozenset({200}), frozenset({201})
_WRITTEN_OR_THERE = frozenset({200, 412})


def make_school(api: Api, _: Deployed, tell: Callable[[str], None]) -> None:
    """Each step takes what an interrupted earlier run has already done as done."""
    curriculum = json.loads(CURRICULUM.read_text())
    admin = api.token(ADMIN)
    tell(f"registering {len(CLASSMATES)} more students")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda person: register(api, *person), CLASSMATES.items()))
    teachers = [_id(api, token) for token in invite_teachers(api, admin, TEACHERS).values()]
    api.call("PUT", "/institute", INSTITUTE, token=admin, good=_OK)
    _found_or_created(api, admin, "/terms", "/terms", _current_term(datetime.now(UTC).date()))
    courses = _courses(api, admin, curriculum, tell)
    students = {email: _student_id(api, admin, email) for email in (STUDENT, *CLASSMATES)}
    for number, (course, teacher) in enumerate(zip(courses, teachers, strict=True)):
        api.call("PUT", f"/instructors/{teacher}/courses/{course}", token=admin, good=_OK)
        # The demo student learns everywhere, the others in one course each.
        everyone = [STUDENT, *list(CLASSMATES)[number :: len(courses)]]
        _enroll(api, admin, course, [students[email] for email in everyone])
    tell(f"{len(CLASSMATES) + 1} students are enrolled, every course has its teacher")


def _courses(api: Api, admin: str, curriculum: Any, tell: Callable[[str], None]) -> list[str]:
    program = _found_or_created(api, admin, "/programs/list", "/programs/create", curriculum["program"])
    path = f"/programs/{program}/courses"
    ids = []
    for course in curriculum["courses"]:
        fields = {name: course[name] for name in ("title", "short_description")}
        ids.append(_found_or_created(api, admin, path, f"{path}/create", fields))
        outline = {"modules": course["modules"]}
        unless_written = {"If-Match": '"0"'}
        api.call("PUT", f"/courses/{ids[-1]}/outline", outline, token=admin, good=_WRITTEN_OR_THERE, **unless_written)
        lessons = [lesson for module in course["modules"] for lesson in module["lessons"]]
        subtopics = sum(len(lesson["subtopics"]) for lesson in lessons)
        tell(f"{course['title']}: {len(course['modules'])} modules, {len(lessons)} lessons, {subtopics} subtopics")
    return ids


def _current_term(today: date) -> dict[str, str]:
    """Half of this year."""
    if today.month <= 6:
        return {"title": f"Spring {today.year}", "startsOn": f"{today.year}-01-01", "endsOn": f"{today.year}-06-30"}
    return {"title": f"Autumn {today.year}", "startsOn": f"{today.year}-07-01", "endsOn": f"{today.year}-12-31"}


def _found_or_created(api: Api, admin: str, listed: str, create: str, fields: dict[str, str]) -> str:
    for item in api.items(listed):
        if item["title"] == fields["title"]:
            return str(item["id"])
    return str(api.call("POST", create, fields, token=admin, good=_CREATED).json()["id"])


def _enroll(api: Api, admin: str, course: str, students: list[str]) -> None:
    """By id: an address leads to nobody until its owner confirms it."""
    path = f"/courses/{course}/enrollments/bulk"
    answer = api.call("POST", path, {"students": students}, token=admin, good=_OK).json()
    if answer["notEnrolled"]:
        raise DemoFailed(f"not everybody could be enrolled in the course {course}: {answer['outcomes']}")


def _student_id(api: Api, admin: str, email: str) -> str:
    [student] = api.call("GET", f"/auth/users?email={email}", token=admin, good=_OK).json()["items"]
    return str(student["id"])


def _id(api: Api, token: str) -> str:
    return str(api.call("GET", "/auth/profile", token=token, good=_OK).json()["id"])
