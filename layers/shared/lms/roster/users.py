"""Users, the rest of their profiles, and whose an e-mail address or a roll number is; auth alone writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from lms.dynamo import Key, Transaction, TypedKey, UUIDAttribute, read_by_key
from lms.etags import ObjectChanged
from lms.roster.rows import CARD, Row
from lms.texts import address_key

_PROFILE = "profile"


@dataclass(frozen=True)
class User:
    id: UUID
    role: str
    status: str
    name: str
    email: str
    roll_no: str | None
    version: int


@dataclass(frozen=True)
class Profile:
    """What else a user's profile holds."""

    user_id: UUID
    mobile_number: str | None
    city: str | None
    country: str | None
    additional_details: dict[str, Any]
    version: int


@dataclass(frozen=True)
class _Address:
    person_id: UUID
    confirmed: bool


@dataclass(frozen=True)
class _RollNumber:
    person_id: UUID


class UserRow(Row):
    value = User
    id = TypedKey("user", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    roll_no = UnicodeAttribute(null=True)
    closed_until = UTCDateTimeAttribute(null=True)


class ProfileRow(Row):
    value = Profile
    user_id = TypedKey("user", UUID, hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=_PROFILE)
    mobile_number = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    additional_details = JSONAttribute()


class AddressRow(Row):
    value = _Address
    address = TypedKey("email", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    person_id = UUIDAttribute()
    confirmed = BooleanAttribute()


class RollNumberRow(Row):
    value = _RollNumber
    number = TypedKey("roll", hash_key=True, attr_name="owner")
    item = UnicodeAttribute(range_key=True, default=CARD)
    person_id = UUIDAttribute()


def put_user(
    tx: Transaction,
    user_id: UUID,
    *,
    role: str,
    status: str,
    name: str,
    email: str,
    email_confirmed: bool,
    roll_no: str | None,
    version: int,
    previous_email: str | None = None,
    previous_roll_no: str | None = None,
    if_version: int | None = None,
) -> None:
    """Writes a user's card, and whose the e-mail address and the roll number are.

    `email_confirmed`: the address leads to the person (`find_by_name`). `version` is the user's own; `previous_email`
    and `previous_roll_no` are set when these change; with `if_version` a card of another version is `ObjectChanged`.
    """
    tx.put(
        UserRow(user_id, role=role, status=status, name=name, email=email, roll_no=roll_no, version=version),
        UserRow.version == if_version if if_version is not None else None,
        refuse=ObjectChanged(),
    )
    confirm_email(tx, user_id, email, confirmed=email_confirmed, version=version)
    if roll_no:
        tx.put(RollNumberRow(roll_no.casefold(), person_id=user_id, version=version))
    if previous_email is not None and address_key(previous_email) != address_key(email):
        tx.delete(AddressRow(address_key(previous_email)))
    if previous_roll_no is not None and previous_roll_no.casefold() != (roll_no or "").casefold():
        tx.delete(RollNumberRow(previous_roll_no.casefold()))


def confirm_email(tx: Transaction, user_id: UUID, email: str, *, confirmed: bool = True, version: int) -> None:
    """Lets an address lead to its owner, who has shown that it is theirs."""
    tx.put(AddressRow(address_key(email), person_id=user_id, confirmed=confirmed, version=version))


def put_profile(
    tx: Transaction,
    user_id: UUID,
    *,
    mobile_number: str | None,
    city: str | None,
    country: str | None,
    additional_details: dict[str, Any],
    version: int,
) -> None:
    """Writes what else a user's profile holds. `version` is the user's own."""
    tx.put(
        ProfileRow(
            user_id,
            mobile_number=mobile_number,
            city=city,
            country=country,
            additional_details=additional_details,
            version=version,
        )
    )


def remove_user(tx: Transaction, user_id: UUID, *, email: str, roll_no: str | None) -> None:
    """Removes all that is known of an erased user."""
    tx.delete(ProfileRow(user_id))
    tx.delete(UserRow(user_id))
    tx.delete(AddressRow(address_key(email)))
    if roll_no:
        tx.delete(RollNumberRow(roll_no.casefold()))


def close_user(tx: Transaction, user_id: UUID, role: str, until: datetime) -> None:
    """Keeps a user of this role out of further courses until a time, or until their card is written again."""
    tx.update(UserRow(user_id), [UserRow.closed_until.set(until)], UserRow.role == role)


def require_user(tx: Transaction, user: User, *, joining_at: datetime | None = None) -> None:
    """Lets the transaction commit only while a user exists in the role that was read and was not disabled since.

    Else it is `Stale`. Other changes, such as being provisioned, do not matter: many happen while a class is enrolled.
    With `joining_at`, for whatever brings the user into a course, it is also `Stale` while their role is being changed
    (`close_user`).
    """
    same = UserRow.role == user.role
    if joining_at is not None:
        same &= UserRow.closed_until.does_not_exist() | (UserRow.closed_until <= joining_at)
    if user.status != "disabled":
        same &= UserRow.status != "disabled"
    tx.check(*user_key(user.id), same)


def require_unchanged(tx: Transaction, user: User) -> None:
    """Lets the transaction commit only while a user is as they were read; else it is `Stale`."""
    tx.check(*user_key(user.id), UserRow.version == user.version)


def require_exists(tx: Transaction, user_id: UUID, refuse: Exception | None = None) -> None:
    """Lets the transaction commit only while a user is not erased; else it is refused, by default as `Stale`."""
    tx.check(*user_key(user_id), UserRow.id.exists(), refuse=refuse)


def find_user(user_id: UUID) -> User | None:
    """A user, None for one that does not exist or was erased."""
    return find_users([user_id]).get(user_id)


def find_users(user_ids: Iterable[UUID]) -> dict[UUID, User]:
    """Users by id, in one read for each 100; those that do not exist are left out."""
    return {user.id: user for user in read_by_key(map(user_key, user_ids)).values()}


def find_by_name(names: Iterable[str]) -> dict[str, UUID]:
    """The people who have these e-mail addresses and roll numbers, by these; in one read for each 100.

    Unknown ones are left out, and addresses that nobody confirmed: a stranger may have registered with another's.
    """
    return {name: found.person_id for name, found in _find_names(names).items() if not _is_unconfirmed(found)}


def find_unconfirmed(names: Iterable[str]) -> set[str]:
    """Those of these e-mail addresses with which somebody registered, and which nobody confirmed."""
    return {name for name, found in _find_names(names).items() if _is_unconfirmed(found)}


def _is_unconfirmed(found: _Address | _RollNumber) -> bool:
    return isinstance(found, _Address) and not found.confirmed


def _find_names(names: Iterable[str]) -> dict[str, _Address | _RollNumber]:
    keys = {name: _name_key(name) for name in names}
    found = read_by_key(keys.values())
    return {name: found[key] for name, key in keys.items() if key in found}


def _name_key(name: str) -> Key:
    return (AddressRow, address_key(name), CARD) if "@" in name else (RollNumberRow, name.casefold(), CARD)


def user_key(user_id: UUID) -> Key:
    """Where a user is, for `read_together`."""
    return UserRow, user_id, CARD


def profile_key(user_id: UUID) -> Key:
    """Where the rest of a user's profile is, for `read_together`."""
    return ProfileRow, user_id, _PROFILE
