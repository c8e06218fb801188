"""Accounts for a whole list of people, which may be sent again: what is there already stays as it is."""

import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError

from auth import rules
from auth.csv_table import TableRow
from auth.schemas import ImportedPerson, ImportedRow, NewUser, PeopleImported, RequestedCourse, UserUpdate
from auth.service import accounts, imported_courses, registration
from auth.service.imported_courses import Courses, Request
from auth.service.reserved_names import EmailTaken, RollNumberTaken, UsernameTaken, email_name, login_name
from auth.tables import Profile, ReservedName, User
from lms import roster
from lms.dynamo import Stale, Transaction, commit_together, groups_of, read_together
from lms.errors import Conflict
from lms.etags import Precondition
from lms.field_messages import message_of
from lms.ids import uuid7
from lms.refusals import AccountBeingSetUp

Outcome = Literal["created", "updated", "unchanged", "refused"]
_LOGIN_NAMES: dict[str, type[Conflict]] = {"username": UsernameTaken, "roll_no": RollNumberTaken}
_FIELDS: dict[type[Exception], str] = {UsernameTaken: "username", RollNumberTaken: "roll_no", EmailTaken: "email"}


# API Gateway waits 30 seconds, and the answer has to be written too.
_SECONDS = 20


class NoTimeLeft(Conflict):
    code = "no-time-left"
    detail = "There was no time left for this row. Send the list again."


class RoleDiffers(Conflict):
    code = "role-differs"
    detail = "The account has another role."


class RepeatedAddress(Conflict):
    code = "repeated-address"
    detail = "An earlier row has the same address."


class ChangedMeanwhile(Conflict):
    code = "changed-meanwhile"
    detail = "The account changed at this moment. Send the list again."


@dataclass(frozen=True)
class _Refusal:
    field: str | None
    reason: str
    code: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class _Done:
    """What becomes of a row, once its writes are committed."""

    outcome: Outcome
    user_id: UUID | None = None
    writes: Transaction | None = None
    courses: Sequence[roster.Course] = ()


@dataclass
class _Known:
    """Who is stored by their addresses, and who holds which name; `taken` also has the names of earlier rows."""

    users: dict[str, tuple[User, Profile]]
    taken: dict[str, UUID | None]
    courses: Courses
    addresses: set[str] = field(default_factory=set)


def import_people(rows: Sequence[object], admin_id: UUID, now: datetime, *, dry_run: bool) -> PeopleImported:
    """Registers and invites who is new, corrects names of who is known by their address, and asks for their courses;
    one outcome a row.

    With `dry_run` nothing is done. What people can change themselves (number, city, country) stays as it is.
    """
    people = [_read(row) for row in rows]
    known = _look_up([person for person in people if isinstance(person, ImportedPerson)])
    request = Request(uuid7(), admin_id, now)
    ends_at = time.monotonic() + _SECONDS
    answers: list[_Done | _Refusal] = []
    for person in people:
        if isinstance(person, _Refusal):
            answers.append(person)
        elif time.monotonic() < ends_at:
            answers.append(_take(person, known, request, dry_run=dry_run))
        else:
            answers.append(_refusal(None, NoTimeLeft()))
    _commit(answers, ends_at)
    outcomes = [_row(number, row, answer) for number, (row, answer) in enumerate(zip(rows, answers, strict=True), 1)]
    counts = Counter(row.outcome for row in outcomes)
    return PeopleImported(
        dry_run=dry_run,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        outcomes=outcomes,
    )


def _commit(answers: list[_Done | _Refusal], ends_at: float) -> None:
    """Commits the writes of all rows, several in one call; a row that is refused has that for an answer."""
    pending = [(n, done.writes) for n, done in enumerate(answers) if isinstance(done, _Done) and done.writes]
    numbers = iter(number for number, _ in pending)
    for group in groups_of(writes for _, writes in pending):
        refusals = commit_together(group) if time.monotonic() < ends_at else [NoTimeLeft()] * len(group)
        for refusal, number in zip(refusals, numbers, strict=False):
            if refusal is not None:
                answers[number] = _refused(refusal)


def _refused(refusal: Exception) -> _Refusal:
    """Why a new account is refused now that was not before: somebody else was first, a moment ago."""
    if isinstance(refusal, Stale):
        return _refusal(None, ChangedMeanwhile())
    if not isinstance(refusal, Conflict):
        raise refusal
    return _refusal(_FIELDS.get(type(refusal)), refusal)


def _row(number: int, row: object, answer: _Done | _Refusal) -> ImportedRow:
    shown: dict[str, Any] = {"outcome": "refused", "user_id": None, "field": None, "reason": None, "courses": []}
    shown |= {"code": None, "texts": {}}
    if isinstance(answer, _Refusal):
        shown |= {"field": answer.field, "reason": answer.reason, "code": answer.code, "texts": answer.texts}
    else:
        courses = [RequestedCourse(course_id=course.id, course_title=course.title) for course in answer.courses]
        shown |= {"outcome": answer.outcome, "user_id": answer.user_id, "courses": courses}
    number = row.number if isinstance(row, TableRow) else number
    return ImportedRow(row=number, email=_text_in(row, "email", 254), name=_text_in(row, "name", 200), **shown)


def _read(row: object) -> ImportedPerson | _Refusal:
    try:
        return ImportedPerson.model_validate(row)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        return _Refusal(str(fault["loc"][0])[:50] if fault["loc"] else None, message_of(fault), fault["type"], {})


def _text_in(row: object, field: str, length: int) -> str | None:
    text: Any = row.get(field) if isinstance(row, dict) else None
    return text[:length] if isinstance(text, str) else None


def _look_up(people: Sequence[ImportedPerson]) -> _Known:
    holders = _holders(email_name(person.email) for person in people)
    ids = list(dict.fromkeys(holders.values()))
    found = read_together([(table, user_id, None) for table in (User, Profile) for user_id in ids])
    stored = {user.id: (user, profile) for user, profile in zip(found[: len(ids)], found[len(ids) :], strict=True)}
    names = [login_name(name) for person in people for name in (_username(person), person.roll_no) if name]
    users = {address: stored[user_id] for address, user_id in holders.items() if all(stored[user_id])}
    rows = [(users.get(email_name(person.email)), person.courses) for person in people]
    wanted = {known[0].id: (known[0], names) for known, names in rows if known}
    courses = imported_courses.look_up((name for _, names in rows for name in names), wanted)
    return _Known(users, dict(_holders(names)), courses)


def _holders(names: Iterable[str]) -> dict[str, UUID]:
    wanted = list(dict.fromkeys(names))
    found = read_together([(ReservedName, name, None) for name in wanted])
    return {name: reserved.user_id for name, reserved in zip(wanted, found, strict=True) if reserved}


def _username(person: ImportedPerson) -> str:
    return person.username or rules.username_from(person.email)


def _take(person: ImportedPerson, known: _Known, request: Request, *, dry_run: bool) -> _Done | _Refusal:
    address = email_name(person.email)
    if address in known.addresses:
        return _refusal("email", RepeatedAddress())
    known.addresses.add(address)
    user, profile = known.users.get(address, (None, None))
    try:
        courses = known.courses.of(person.courses, person.role, user.id if user else None)
    except Conflict as problem:
        return _refusal("courses", problem)
    if user and profile:
        return _update(person, known, user, profile, courses, request, dry_run=dry_run)
    return _create(person, known, courses, request, dry_run=dry_run)


def _create(
    person: ImportedPerson, known: _Known, courses: Sequence[roster.Course], request: Request, *, dry_run: bool
) -> _Done | _Refusal:
    username = _username(person)
    if person.username is None and (login_name(username) in known.taken or rules.is_reserved(username)):
        username = f"{username}-{secrets.token_hex(3)}"
    names = {"username": username, **({"roll_no": person.roll_no} if person.roll_no else {})}
    if refusal := _claim(known, names, None):
        return refusal
    if dry_run:
        return _Done("created", courses=courses)
    form = NewUser.model_validate({**person.model_dump(by_alias=True, exclude={"courses"}), "username": username})
    writes = Transaction()
    user_id = registration.add_invited(writes, form, request.admin_id, request.now)
    imported_courses.ask(writes, user_id, person.role, courses, request)
    return _Done("created", user_id, writes, courses)


def _update(
    person: ImportedPerson,
    known: _Known,
    user: User,
    profile: Profile,
    courses: Sequence[roster.Course],
    request: Request,
    *,
    dry_run: bool,
) -> _Done | _Refusal:
    if person.role != user.role:
        return _refusal("is_type", RoleDiffers())
    stored = {"name": profile.name, "username": user.username, "roll_no": user.roll_no}
    changes = {name: value for name in stored if (value := getattr(person, name)) not in (None, stored[name])}
    if refusal := _claim(known, {name: changes[name] for name in _LOGIN_NAMES if name in changes}, user.id):
        return refusal
    if not changes and not courses:
        return _Done("unchanged", user.id)
    if dry_run:
        return _Done("updated", user.id, courses=courses)
    try:
        if changes:
            update = UserUpdate.model_validate(changes)
            accounts.update(user.id, update, request.admin_id, Precondition(), request.now)
    except AccountBeingSetUp as error:
        return _refusal(None, error)
    except (UsernameTaken, RollNumberTaken) as error:
        return _refusal(_FIELDS[type(error)], error)
    writes = Transaction()
    if courses:
        # Whoever is erased meanwhile leaves nothing behind.
        writes.check(User, user.id, None, User.status != "erased")
        imported_courses.ask(writes, user.id, person.role, courses, request)
    return _Done("updated", user.id, writes, courses)


def _claim(known: _Known, names: dict[str, str], owner: UUID | None) -> _Refusal | None:
    """Takes names for a row, unless somebody else, or an earlier row, has them."""
    for kind, name in names.items():
        key = login_name(name)
        if key in known.taken and (owner is None or known.taken[key] != owner):
            return _refusal(kind, _LOGIN_NAMES[kind]())
    known.taken |= dict.fromkeys(map(login_name, names.values()), owner)
    return None


def _refusal(field: str | None, problem: Conflict) -> _Refusal:
    texts = {name: str(fact) for name, fact in problem.facts.items()}
    return _Refusal(field, str(problem.detail), str(problem.code), texts)
