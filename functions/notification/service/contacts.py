"""Where people are reached: what auth told of them, and before it did, their card in the Roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lms import roster
from lms.dynamo import Key, read_together
from lms.events import Person
from lms.faults import condition_failed
from lms.profile_fields import is_e164
from notification.rules.wishes import QuietHours, Wishes
from notification.tables import Contact, Preference

# Three items of each person in one read of a hundred.
_AT_ONCE = 33


@dataclass(frozen=True)
class Reachable:
    """A person, where they are reached, and what they wish; `disabled` people hear of their account alone.

    `name` is empty while the address is not confirmed: whoever gets the mail may not be who gave the name.
    """

    id: UUID
    name: str
    email: str
    mobile_number: str | None
    disabled: bool
    wishes: Wishes


def note_person(
    user_id: UUID, person: Person, version: int, *, email_verified: bool = False, mobile_verified: bool = False
) -> None:
    """Keeps name, address and confirmed phone number (E.164), unless something newer is known."""
    number = person.mobile_number if mobile_verified and is_e164(person.mobile_number or "") else None
    actions: list[Action] = [
        Contact.name.set(person.name),
        Contact.email.set(person.email),
        Contact.email_verified.set(email_verified),
        Contact.mobile_number.set(number) if number else Contact.mobile_number.remove(),
        Contact.person_version.set(version),
    ]
    _update(user_id, actions, Contact.person_version.does_not_exist() | (Contact.person_version < version))


def note_access(user_id: UUID, version: int, *, disabled: bool) -> None:
    """Keeps whether somebody may sign in, unless something newer is known."""
    actions: list[Action] = [Contact.disabled.set(disabled), Contact.access_version.set(version)]
    _update(user_id, actions, Contact.access_version.does_not_exist() | (Contact.access_version < version))


def forget(user_id: UUID, version: int) -> None:
    """Keeps of an erased person that nothing older counts any more."""
    tombstone = Contact(user_id=user_id, disabled=True, person_version=version, access_version=version)
    try:
        tombstone.save(Contact.person_version.does_not_exist() | (Contact.person_version <= version))
    except PutError as error:
        if not condition_failed(error):
            raise


def is_erased(user_id: UUID) -> bool:
    """Whether somebody was erased; nobody is who was never heard of."""
    [contact] = read_together([(Contact, user_id, None)])
    return contact is not None and _is_tombstone(contact)


def find(user_ids: Sequence[UUID]) -> list[Reachable]:
    """Those of these people who are not erased, in the order given."""
    found = []
    for begin in range(0, len(user_ids), _AT_ONCE):
        found += _find(user_ids[begin : begin + _AT_ONCE])
    return found


def _find(user_ids: Sequence[UUID]) -> list[Reachable]:
    keys: list[Key] = []
    for user_id in user_ids:
        keys += [(Contact, user_id, None), (Preference, user_id, None), roster.user_key(user_id)]
    items = read_together(keys)
    people = (_reachable(user_id, *items[place * 3 : place * 3 + 3]) for place, user_id in enumerate(user_ids))
    return [person for person in people if person is not None]


def _reachable(
    user_id: UUID, contact: Contact | None, preference: Preference | None, card: roster.RosterItem | None
) -> Reachable | None:
    wishes = wishes_of(preference)
    if contact is not None and contact.person_version is not None:
        if _is_tombstone(contact):
            return None
        name = contact.name if contact.email_verified else ""
        return Reachable(user_id, name, contact.email, contact.mobile_number, bool(contact.disabled), wishes)
    if card is None or card.email is None:
        return None
    return Reachable(user_id, "", card.email, None, card.status == "disabled", wishes)


def _is_tombstone(contact: Contact) -> bool:
    return contact.person_version is not None and contact.email is None


def wishes_of(preference: Preference | None) -> Wishes:
    """What a person wishes; the defaults of one who said nothing."""
    if preference is None:
        return Wishes()
    quiet = None
    if preference.quiet_from and preference.quiet_until:
        quiet = QuietHours(time.fromisoformat(preference.quiet_from), time.fromisoformat(preference.quiet_until))
    return Wishes(channels=preference.channels, quiet=quiet, zone=preference.time_zone)


def _update(user_id: UUID, actions: list[Action], condition: Condition) -> None:
    try:
        Contact(user_id).update(actions, condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
