"""Where people are reached: what auth published of them, and before that, their card in the Roster."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import cast
from uuid import UUID

from pynamodb.expressions.update import Action

from lms import roster
from lms.callers import Role
from lms.dynamo import Key, read_together
from lms.events.users import Person
from lms.institute import current_institute
from lms.languages import Language
from lms.messages import Channel
from lms.profile_fields import is_e164
from notification.rules.preferences import Preferences, QuietHours
from notification.tables import Contact, RoleIndex, StoredPreferences

# Three items of each person in one read of a hundred.
_TOGETHER = 33


@dataclass(frozen=True)
class Recipient:
    """A person, where each channel reaches them, and what they want; `disabled` people hear of their account alone.

    `name` is empty while the address is not confirmed: whoever gets the mail may not be who gave the name.
    """

    id: UUID
    name: str
    email: str
    mobile_number: str | None
    disabled: bool
    preferences: Preferences

    @property
    def addresses(self) -> Mapping[Channel, str | None]:
        return {"email": self.email, "sms": self.mobile_number}


@dataclass(frozen=True)
class Owner:
    """What is known of who owns an account; without a confirmed address, they have no name."""

    name: str = ""
    email: str | None = None
    zone: str = "UTC"
    language: Language = "en"


def save_person(
    user_id: UUID,
    person: Person,
    role: Role,
    version: int,
    *,
    email_verified: bool = False,
    mobile_verified: bool = False,
) -> None:
    """Keeps name, role, address and confirmed phone number (E.164), unless something newer is known."""
    number = person.mobile_number if mobile_verified and is_e164(person.mobile_number or "") else None
    actions: list[Action] = [
        Contact.name.set(person.name),
        Contact.role.set(role),
        Contact.email.set(person.email),
        Contact.email_verified.set(email_verified),
        Contact.mobile_number.set(number) if number else Contact.mobile_number.remove(),
        Contact.person_version.set(version),
    ]
    Contact(user_id).update_if(Contact.person_version.does_not_exist() | (Contact.person_version < version), actions)


def save_access(user_id: UUID, version: int, *, disabled: bool) -> None:
    """Keeps whether somebody may sign in, unless something newer is known."""
    actions: list[Action] = [Contact.disabled.set(disabled), Contact.access_version.set(version)]
    Contact(user_id).update_if(Contact.access_version.does_not_exist() | (Contact.access_version < version), actions)


def forget(user_id: UUID, version: int) -> None:
    """Keeps of an erased person that nothing older counts any more."""
    tombstone = Contact(user_id=user_id, disabled=True, person_version=version, access_version=version)
    tombstone.save_if(Contact.person_version.does_not_exist() | (Contact.person_version <= version))


def people_after(role: Role, after: UUID | None, limit: int) -> list[UUID]:
    """The next people of a role, in the order of their ids."""
    behind = RoleIndex.user_id > after if after is not None else None
    return [contact.user_id for contact in Contact.role_index.query(role, behind, limit=limit)]


def count_people(roles: Iterable[Role]) -> int:
    """How many people have one of these roles."""
    return sum(Contact.role_index.count(role) for role in roles)


def is_erased(user_id: UUID) -> bool:
    """Whether a person was erased; False of one who was never heard of."""
    [contact] = read_together([(Contact, user_id, None)])
    return contact is not None and _is_tombstone(contact)


def find_owner(user_id: UUID) -> Owner | None:
    """The owner of an account, known or not yet; None once they are erased."""
    contact, preferences = read_together([(Contact, user_id, None), (StoredPreferences, user_id, None)])
    zone, language = zone_of(preferences), language_of(preferences)
    if contact is None or contact.person_version is None:
        return Owner(zone=zone, language=language)
    if _is_tombstone(contact):
        return None
    return Owner(contact.name if contact.email_verified else "", contact.email, zone, language)


def find(user_ids: Sequence[UUID]) -> list[Recipient]:
    """Those of these people who are known and not erased, in the order given."""
    found = []
    for begin in range(0, len(user_ids), _TOGETHER):
        found += _find(user_ids[begin : begin + _TOGETHER])
    return found


def _find(user_ids: Sequence[UUID]) -> list[Recipient]:
    keys: list[Key] = []
    for user_id in user_ids:
        keys += [(Contact, user_id, None), (StoredPreferences, user_id, None), roster.user_key(user_id)]
    items = read_together(keys)
    people = (_recipient(user_id, *items[index * 3 : index * 3 + 3]) for index, user_id in enumerate(user_ids))
    return [person for person in people if person is not None]


def _recipient(
    user_id: UUID, contact: Contact | None, stored: StoredPreferences | None, card: roster.User | None
) -> Recipient | None:
    preferences = preferences_of(stored)
    if contact is not None and contact.person_version is not None:
        if _is_tombstone(contact):
            return None
        name = contact.name if contact.email_verified else ""
        return Recipient(user_id, name, contact.email, contact.mobile_number, bool(contact.disabled), preferences)
    if card is None:
        return None
    return Recipient(user_id, "", card.email, None, card.status == "disabled", preferences)


def _is_tombstone(contact: Contact) -> bool:
    return contact.person_version is not None and contact.email is None


def preferences_of(stored: StoredPreferences | None) -> Preferences:
    """The preferences of a person; the defaults where none are stored."""
    if stored is None:
        return Preferences(zone=zone_of(None), language=language_of(None))
    quiet = None
    if stored.quiet_from and stored.quiet_until:
        quiet = QuietHours(time.fromisoformat(stored.quiet_from), time.fromisoformat(stored.quiet_until))
    return Preferences(channels=stored.channels, quiet=quiet, zone=zone_of(stored), language=language_of(stored))


def zone_of(stored: StoredPreferences | None) -> str:
    """The time zone that a person chose, else the institute's."""
    return (stored.time_zone if stored else None) or current_institute().time_zone


def language_of(stored: StoredPreferences | None) -> Language:
    """The language that a person chose, else the institute's."""
    return cast(Language | None, stored and stored.language) or current_institute().language
