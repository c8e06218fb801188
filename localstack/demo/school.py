"""A real curriculum, a teacher for each of its courses, twelve more students, and what they have done so far."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

from localstack.demo.activity import FEE, Course, make_activity, set_exams
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
    "ayesha.ahmed@demo.example": "عائشہ احمد",
    "bilal.hussain@demo.example": "Bilal Hussain",
    "fatima.khan@demo.example": "Fatima Khan",
    "hamza.malik@demo.example": "حمزہ ملک",
    "sana.siddiqui@demo.example": "ثناء صدیقی",
    "zain.ahmed@demo.example": "Zain Ahmed",
    "maryam.iqbal@demo.example": "مریم اقبال",
    "usman.tariq@demo.example": "Usman Tariq",
    "hira.shah@demo.example": "Hira Shah",
    "ali.raza@demo.example": "علی رضا",
    "noor.javed@demo.example": "Noor Javed",
    "danish.qureshi@demo.example": "Danish Qureshi",
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


def make_school(api: Api, _: Deployed, report: Callable[[str], None]) -> None:
    """Each step takes what an interrupted earlier run has already done as done."""
    curriculum = json.loads(CURRICULUM.read_text())
    admin = api.token(ADMIN)
    report(f"registering {len(CLASSMATES)} more students")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda person: register(api, *person), CLASSMATES.items()))
    tokens = invite_teachers(api, admin, TEACHERS)
    teachers = [_id(api, token) for token in tokens.values()]
    api.call("PUT", "/institute", INSTITUTE, token=admin, good=_OK)
    now = datetime.now(UTC)
    terms = [_found_or_created(api, admin, "/terms", "/terms", term) for term in _this_and_the_next_term(now.date())]
    courses = _courses(api, admin, curriculum, terms, report)
    students = {email: _student_id(api, admin, email) for email in (STUDENT, *CLASSMATES)}
    for course, teacher in zip(courses, teachers, strict=True):
        api.call("PUT", f"/instructors/{teacher}/courses/{course}", token=admin, good=_OK)
    taught = Course(courses[0], api, admin, tokens[TEACHER], teachers[0], now)
    exams = set_exams(taught)
    for number, course in enumerate(courses):
        # Everybody is in the demo teacher's course, and in one of the others; the demo student is in all.
        others = list(CLASSMATES) if number == 0 else list(CLASSMATES)[number - 1 :: len(courses) - 1]
        _enroll(api, admin, course, [students[email] for email in (STUDENT, *others)])
    report(f"{len(students)} students are enrolled, every course has its teacher")
    make_activity(taught, students, exams, report)


def _courses(api: Api, admin: str, curriculum: Any, terms: list[str], report: Callable[[str], None]) -> list[str]:
    program = _found_or_created(api, admin, "/programs/list", "/programs/create", curriculum["program"])
    path = f"/programs/{program}/courses"
    ids = []
    for number, course in enumerate(curriculum["courses"]):
        fields = {name: course[name] for name in ("title", "short_description")}
        # The last one is for the next term.
        term = terms[number == len(curriculum["courses"]) - 1]
        ids.append(_found_or_created(api, admin, path, f"{path}/create", {**fields, "termId": term, "fee": FEE}))
        outline = {"modules": course["modules"]}
        unless_written = {"If-Match": '"0"'}
        api.call("PUT", f"/courses/{ids[-1]}/outline", outline, token=admin, good=_WRITTEN_OR_THERE, **unless_written)
        lessons = [lesson for module in course["modules"] for lesson in module["lessons"]]
        subtopics = sum(len(lesson["subtopics"]) for lesson in lessons)
        report(f"{course['title']}: {len(course['modules'])} modules, {len(lessons)} lessons, {subtopics} subtopics")
    return ids


def _this_and_the_next_term(today: date) -> list[dict[str, str]]:
    """The half of the year that it is, and the one after it."""
    year = today.year
    spring = {"title": f"Spring {year}", "startsOn": f"{year}-01-01", "endsOn": f"{year}-06-30"}
    autumn = {"title": f"Autumn {year}", "startsOn": f"{year}-07-01", "endsOn": f"{year}-12-31"}
    year += 1
    next_spring = {"title": f"Spring {year}", "startsOn": f"{year}-01-01", "endsOn": f"{year}-06-30"}
    return [spring, autumn] if today.month <= 6 else [autumn, next_spring]


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
