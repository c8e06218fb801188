"""The Roster: what every service may know of people, written by its owners in their own transactions.

Keys: `user#<id>` / `card` (auth). IAM limits each owner to its own prefix.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lms.dynamo import Table, Transaction, table_name
from lms.settings import setting

_CARD = "card"


class RosterItem(Table):
    class Meta:
        table_name = table_name("roster")
        region = setting("AWS_REGION")

    owner = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    roll_no = UnicodeAttribute(null=True)
    version = NumberAttribute()


def put_user(
    tx: Transaction,
    user_id: UUID,
    *,
    role: str,
    status: str,
    name: str,
    email: str,
    roll_no: str | None,
    version: int,
) -> None:
    """Writes a user's card; auth alone may. `version` is the user's own."""
    tx.put(
        RosterItem(
            owner=_user(user_id),
            item=_CARD,
            role=role,
            status=status,
            name=name,
            email=email,
            roll_no=roll_no,
            version=version,
        )
    )


def remove_user(tx: Transaction, user_id: UUID) -> None:
    """Removes the card of an erased user; auth alone may."""
    tx.delete(RosterItem(owner=_user(user_id), item=_CARD))


def find_user(user_id: UUID) -> RosterItem | None:
    """The card of a user, None for one that does not exist or was erased."""
    return next(iter(RosterItem.batch_get([(_user(user_id), _CARD)], consistent_read=True)), None)


def find_users(user_ids: Sequence[UUID]) -> dict[UUID, RosterItem]:
    """The cards of up to 100 users by id, in one read; those that do not exist are left out."""
    keys: list[Any] = [(_user(user_id), _CARD) for user_id in user_ids]
    return {UUID(card.owner.removeprefix("user#")): card for card in RosterItem.batch_get(keys)}


def _user(user_id: UUID) -> str:
    return f"user#{user_id}"
