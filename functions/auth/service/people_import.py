"""Accounts for a whole list of people, which may be sent again: what is there already stays as it is."""

import secrets
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ValidationError

from auth import rules
from auth.schemas import ImportedPerson, ImportedRow, NewUser, PeopleImported, UserUpdate
from auth.service import accounts, registration
from auth.service.reserved_names import EmailTaken, RollNumberTaken, UsernameTaken, email_name, login_name
from auth.tables import Profile, ReservedName, User
from lms.dynamo import read_together
from lms.errors import Conflict
from lms.etags import Precondition
from lms.field_messages import message_of
from lms.idempotency import IdempotentAnswer
from lms.refusals import AccountBeingSetUp

Outcome = Literal["created", "updated", "unchanged", "refused"]
_LOGIN_NAMES: dict[str, type[Conflict]] = {"username": UsernameTaken, "roll_no": RollNumberTaken}


# API Gateway waits 30 seconds, and the answer has to be written too.
_SECONDS = 20


class NoTimeLeft(Conflict):
    detail = "There was no time left for this row. Send the list again."


class RoleDiffers(Conflict):
    detail = "The account has another role."


class RepeatedAddress(Conflict):
    detail = "An earlier row has the same address."


@dataclass(frozen=True)
class _Refusal:
    field: str | None
    reason: str


@dataclass
class _Known:
    """Who is stored by their addresses, and who holds which name; `taken` also has the names of earlier rows."""

    users: dict[str, tuple[User, Profile]]
    taken: dict[str, UUID | None]
    addresses: set[str] = field(default_factory=set)


def import_people(rows: Sequence[object], admin_id: UUID, now: datetime, *, dry_run: bool) -> PeopleImported:
    """Registers and invites who is new, corrects names of who is known by their address; one outcome a row.

    With `dry_run` nothing is done. What people can change themselves (number, city, country) stays as it is.
    """
    people = [_read(row) for row in rows]
    known = _look_up([person for person in people if isinstance(person, ImportedPerson)])
    outcomes = []
    ends_at = time.monotonic() + _SECONDS
    for number, (row, person) in enumerate(zip(rows, people, strict=True), 1):
        done: tuple[Outcome, UUID | None] | _Refusal = (
            person
            if isinstance(person, _Refusal)
            else _take(person, known, admin_id, now, dry_run=dry_run)
            if time.monotonic() < ends_at
            else _refusal(None, NoTimeLeft())
        )
        refusal = done if isinstance(done, _Refusal) else None
        outcome, user_id = ("refused", None) if isinstance(done, _Refusal) else done
        outcomes.append(
            ImportedRow(
                row=number,
                email=_email_in(row),
                outcome=outcome,
                user_id=user_id,
                field=refusal.field if refusal else None,
                reason=refusal.reason if refusal else None,
            )
        )
    counts = Counter(row.outcome for row in outcomes)
    return PeopleImported(
        dry_run=dry_run,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        outcomes=outcomes,
    )


def _read(row: object) -> ImportedPerson | _Refusal:
    try:
        return ImportedPerson.model_validate(row)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        return _Refusal(str(fault["loc"][0])[:50] if fault["loc"] else None, message_of(fault))


def _email_in(row: object) -> str | None:
    email: Any = row.get("email") if isinstance(row, dict) else None
    return email[:254] if isinstance(email, str) else None


def _look_up(people: Sequence[ImportedPerson]) -> _Known:
    addresses = [email_name(person.email) for person in people]
    holders = _holders(addresses)
    ids = list(dict.fromkeys(holders.values()))
    found = read_together([(table, user_id, None) for table in (User, Profile) for user_id in ids])
    stored = {user.id: (user, profile) for user, profile in zip(found[: len(ids)], found[len(ids) :], strict=True)}
    names = [login_name(name) for person in people for name in (_username(person), person.roll_no) if name]
    users = {address: stored[user_id] for address, user_id in holders.items() if all(stored[user_id])}
    return _Known(users, dict(_holders(names)))


def _holders(names: Iterable[str]) -> dict[str, UUID]:
    wanted = list(dict.fromkeys(names))
    found = read_together([(ReservedName, name, None) for name in wanted])
    return {name: reserved.user_id for name, reserved in zip(wanted, found, strict=True) if reserved}


def _username(person: ImportedPerson) -> str:
    return person.username or rules.username_from(person.email)


def _take(
    person: ImportedPerson, known: _Known, admin_id: UUID, now: datetime, *, dry_run: bool
) -> tuple[Outcome, UUID | None] | _Refusal:
    address = email_name(person.email)
    if address in known.addresses:
        return _refusal("email", RepeatedAddress())
    known.addresses.add(address)
    if address in known.users:
        return _update(person, known, *known.users[address], admin_id, now, dry_run=dry_run)
    return _create(person, known, admin_id, now, dry_run=dry_run)


def _create(
    person: ImportedPerson, known: _Known, admin_id: UUID, now: datetime, *, dry_run: bool
) -> tuple[Outcome, UUID | None] | _Refusal:
    username = _username(person)
    if person.username is None and (login_name(username) in known.taken or rules.is_reserved(username)):
        username = f"{username}-{secrets.token_hex(3)}"
    names = {"username": username, **({"roll_no": person.roll_no} if person.roll_no else {})}
    if refusal := _claim(known, names, None):
        return refusal
    if dry_run:
        return "created", None
    form = NewUser.model_validate({**person.model_dump(by_alias=True), "username": username})
    try:
        return "created", registration.invite(form, admin_id, IdempotentAnswer(None), now).user_id
    except (UsernameTaken, RollNumberTaken, EmailTaken) as error:
        # Somebody else was first, a moment ago.
        return _refusal({UsernameTaken: "username", EmailTaken: "email"}.get(type(error), "roll_no"), error)


def _update(
    person: ImportedPerson,
    known: _Known,
    user: User,
    profile: Profile,
    admin_id: UUID,
    now: datetime,
    *,
    dry_run: bool,
) -> tuple[Outcome, UUID | None] | _Refusal:
    if person.role != user.role:
        return _refusal("is_type", RoleDiffers())
    stored = {"name": profile.name, "username": user.username, "roll_no": user.roll_no}
    changes = {name: value for name in stored if (value := getattr(person, name)) not in (None, stored[name])}
    if refusal := _claim(known, {name: changes[name] for name in _LOGIN_NAMES if name in changes}, user.id):
        return refusal
    if not changes:
        return "unchanged", user.id
    try:
        if not dry_run:
            accounts.update(user.id, UserUpdate.model_validate(changes), admin_id, Precondition(), now)
    except AccountBeingSetUp as error:
        return _refusal(None, error)
    except (UsernameTaken, RollNumberTaken) as error:
        return _refusal("username" if isinstance(error, UsernameTaken) else "roll_no", error)
    return "updated", user.id


def _claim(known: _Known, names: dict[str, str], owner: UUID | None) -> _Refusal | None:
    """Takes names for a row, unless somebody else, or an earlier row, has them."""
    for kind, name in names.items():
        key = login_name(name)
        if key in known.taken and (owner is None or known.taken[key] != owner):
            return _refusal(kind, _LOGIN_NAMES[kind]())
    known.taken |= dict.fromkeys(map(login_name, names.values()), owner)
    return None


def _refusal(field: str | None, problem: Conflict) -> _Refusal:
    return _Refusal(field, str(problem.detail))
