"""An institute of 100 courses with a class of 1 000, on a running stack with demo people.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.large_institute [--courses N] [--students N]

Everything goes through the API, as an administrator's list of people does. The demo teacher teaches ten of the courses,
the large class among them.
"""

import argparse
import os
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx

from localstack.demo.api import Api
from localstack.demo.people import ADMIN, TEACHER
from localstack.settings import Settings

_GOOD = frozenset({200, 201})
_IMPORTED_AT_ONCE = 40
_COURSES_A_PROGRAM = 20
_TAUGHT = 10
_PATIENCE_SECONDS, _LOOK_SECONDS = 3_600, 5
# In both scripts, short and long.
_FIRST = ("Ayesha", "عائشہ", "Muhammad Abdullah", "Zain", "فاطمہ", "Maryam", "حمزہ", "Noor-ul-Ain")
_LAST = ("Khan", "احمد", "Siddiqui", "Chaudhry-Rehman", "ملک", "Shah", "Qureshi", "اقبال")
_SUBJECTS = ("Physics", "Chemistry", "Mathematics", "اردو ادب", "Islamic Studies", "Computer Science", "Economics")


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.large_institute", description=__doc__)
    options.add_argument("--courses", type=int, default=100)
    options.add_argument("--students", type=int, default=1_000)
    wanted = options.parse_args()
    settings = Settings.from_environment(os.environ)
    with httpx.Client(base_url=settings.gateway_url, timeout=120, trust_env=False) as client:
        api = Api(settings, client)
        courses = make_courses(api, wanted.courses)
        print(f"{len(courses)} courses")
        enroll_class(api, courses[0], wanted.students)
        print(f"a class of {wanted.students} in {courses[0]}")


def make_courses(api: Api, number: int) -> list[str]:
    """The ids of so many courses, in programs of twenty; the demo teacher teaches the first ten."""
    admin, made, program, run = api.token(ADMIN), [], "", uuid4().hex[:4]
    for at in range(number):
        if at % _COURSES_A_PROGRAM == 0:
            title = f"Faculty {at // _COURSES_A_PROGRAM + 1} ({run})"
            program = _post(api, admin, "/programs/create", {"title": title})["id"]
        title = f"{_SUBJECTS[at % len(_SUBJECTS)]} {101 + at}"
        made.append(_post(api, admin, f"/programs/{program}/courses/create", {"title": title})["id"])
    teacher = _own_id(api, TEACHER)
    for course in made[:_TAUGHT]:
        api.call("PUT", f"/instructors/{teacher}/courses/{course}", token=admin, good=_GOOD)
    return made


def enroll_class(api: Api, course: str, size: int) -> None:
    """Invites so many students by lists that name the course, and returns when all are in it."""
    admin = api.token(ADMIN)
    for people in _lists(course, size):
        _post(api, admin, "/auth/users/import", {"people": people})
    deadline = time.monotonic() + _PATIENCE_SECONDS
    # Each of them is provisioned first, as anybody who is invited.
    while (count := _count(api, admin, course)) < size:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count} of {size} are enrolled")
        time.sleep(_LOOK_SECONDS)


def _count(api: Api, admin: str, course: str) -> int:
    query, count = "?limit=100", 0
    while query:
        page = api.call("GET", f"/courses/{course}/enrollments{query}", token=admin, good=_GOOD).json()
        count += len(page["items"])
        query = f"?limit=100&cursor={page['next']}" if page["next"] else ""
    return count


def _lists(course: str, size: int) -> Iterator[list[dict[str, str]]]:
    run = uuid4().hex[:6]
    people = [
        {
            "name": f"{_FIRST[at % len(_FIRST)]} {_LAST[at // len(_FIRST) % len(_LAST)]}",
            "email": f"{run}-{at}@example.com",
            "is_type": "student",
            "roll_no": f"{run}-{at:04}",
            "courses": course,
        }
        for at in range(size)
    ]
    for begin in range(0, size, _IMPORTED_AT_ONCE):
        yield people[begin : begin + _IMPORTED_AT_ONCE]


def _own_id(api: Api, email: str) -> str:
    return str(api.call("GET", "/auth/profile", token=api.token(email), good=_GOOD).json()["id"])


def _post(api: Api, token: str, path: str, body: object) -> dict:
    answer: dict = api.call("POST", path, body, token=token, good=_GOOD).json()
    return answer


if __name__ == "__main__":
    main()
