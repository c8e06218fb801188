"""What administrators correct of a user's account: name, username, address, role, roll number."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.update import Action

from auth import rules
from auth.schemas import UserUpdate
from auth.service import publishing, reserved_names, search
from auth.service.reserved_names import EmailTaken, RollNumberTaken, UsernameTaken, email_name, login_name
from auth.tables import Profile, User
from lms.audit import audit
from lms.dynamo import Transaction
from lms.errors import Conflict, InvalidField
from lms.outbox import emit

_REFUSALS: dict[str, type[Conflict]] = {"username": UsernameTaken, "email": EmailTaken, "roll_no": RollNumberTaken}


class StudentsOnly(InvalidField):
    field = ("roll_no",)
    detail = "Only students have a roll number."


@dataclass(frozen=True)
class Correction:
    """A user and their profile as corrected in memory, and how they were stored."""

    user: User
    profile: Profile
    fields: Set[str]
    old_email: str
    old_email_verified: bool
    old_role: str
    old_roll_no: str | None
    old_names: Set[str]
    old_words: frozenset[str]

    @property
    def actions(self) -> list[Action]:
        """The writes on the user."""
        user = self.user
        columns = {field: getattr(User, field) for field in sorted(self.fields - {"name"})}
        values = {field: getattr(user, field) for field in columns}
        actions = [
            column.remove() if values[field] is None else column.set(values[field]) for field, column in columns.items()
        ]
        if "email" in self.fields:
            actions += [User.email_verified.set(False), User.mobile_may_reset.set(False)]
        return actions

    def write(self, tx: Transaction, version: int, status: str, admin_id: UUID, now: datetime) -> None:
        """All other writes, and the card with the status that the user gets by the same transaction."""
        previous_email = self.old_email if "email" in self.fields else None
        publishing.put_card(
            tx,
            self.user,
            self.profile,
            status=status,
            version=version,
            previous_email=previous_email,
            previous_roll_no=self.old_roll_no,
        )
        if not self.fields:
            return
        tx.put(self.profile)
        search.replace(tx, self.user, self.old_words, search.words_of(self.user, self.profile))
        self._swap_names(tx)
        publishing.put_profile(tx, self.user, self.profile, version=version)
        event = publishing.profile_updated(
            self.user,
            self.profile,
            version=version,
            previous_email=previous_email,
            previous_email_verified=previous_email is not None and self.old_email_verified,
        ).model_copy(update={"disabled": status == "disabled"})
        emit(tx, event, now, second=status != self.user.status)
        # Personal data is nobody's but the person's: of all fields but the role, the trail only says that they changed.
        roles = (self.old_role, self.user.role)
        before, after = ({f: role if f == "role" else None for f in sorted(self.fields)} for role in roles)
        audit(tx, now, "account.changed", admin_id, {"user": self.user.id}, before=before, after=after)

    def _swap_names(self, tx: Transaction) -> None:
        names = set(reserved_names.names_of(self.user, self.profile))
        for name in self.old_names - names:
            reserved_names.release(tx, name)
        for name in names - self.old_names:
            field = next(field for field in ("email", "username", "roll_no") if name == _name(self.user, field))
            reserved_names.reserve(tx, name, self.user, _REFUSALS[field]())


def correct(user: User, profile: Profile, changes: UserUpdate) -> Correction:
    """Corrects a user and their profile in memory, for one transaction to store. Raises `StudentsOnly`.

    Whoever becomes a student gets a roll number, and whoever no longer is one has none.
    """
    role = changes.role or user.role
    if changes.roll_no is not None and role != "student":
        raise StudentsOnly
    given = {field: value for field, value in changes.given().items() if field != "status"}
    if role != user.role:
        given["roll_no"] = (changes.roll_no or rules.new_roll_no()) if role == "student" else None
    stored = {
        "name": profile.name,
        **{field: getattr(user, field) for field in ("username", "email", "role", "roll_no")},
    }
    correction = Correction(
        user,
        profile,
        {field for field, value in given.items() if value != stored[field]},
        user.email,
        bool(user.email_verified),
        user.role,
        user.roll_no,
        set(reserved_names.names_of(user, profile)),
        search.words_of(user, profile),
    )
    for field in correction.fields:
        setattr(profile if field == "name" else user, field, given[field])
    if "email" in correction.fields:
        user.email_verified = user.mobile_may_reset = False
    return correction


def _name(user: User, field: str) -> str:
    return email_name(user.email) if field == "email" else login_name(getattr(user, field) or "")
