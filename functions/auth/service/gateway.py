"""Keeping Kong in step with the accounts. The stored account decides; repeating a step changes nothing more."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from pynamodb.expressions.update import Action

from auth import kong, signing
from auth.service import publishing, users
from auth.tables import User
from lms.dynamo import retry_stale, transaction
from lms.errors import Unavailable
from lms.events.users import UserProvisioned, UserRegistered
from lms.faults import is_transient
from lms.log import logger
from lms.outbox import emit

# A credential or group so young may be one that a running request is about to store (`replaced_credential`). If it is a
# leftover of a request that died, no token names it, and the next event of the user has it deleted.
_STORING_SECONDS = 20


@retry_stale
def provision(registered: UserRegistered, now: datetime) -> None:
    """Makes a registered user known to the gateway, and usable. Repeating it, whole or half, changes nothing more."""
    user = users.find(registered.user_id)
    if user is None or users.is_provisioned(user):
        converge(registered.user_id, now)
        return
    user.consumer_id = kong.put_consumer(user.id, user.username)
    kong.put_group(user.id, user.role)
    credential = _keep_one(user)
    profile = users.profile_of(user)
    status = users.enabled_status(user)
    with transaction() as tx:
        version = tx.update(
            user,
            [
                *users.set_status(user, status),
                User.consumer_id.set(user.consumer_id),
                *store(credential),
                User.updated_at.set(now),
            ],
        )
        publishing.put_card(tx, user, profile, status=status, version=version)
        emit(
            tx,
            UserProvisioned(
                version=version,
                user_id=user.id,
                role=user.role,
                roll_no=user.roll_no,
                person=publishing.person(user, profile),
                email_verified=user.email_verified,
            ),
            now,
        )


@retry_stale
def converge(user_id: UUID, now: datetime) -> None:
    """Brings Kong to what is stored of a user: one group and credential, none if disabled, nothing if erased."""
    user = users.find(user_id)
    if user is None:
        kong.delete_consumer(user_id)
    elif user.status == "disabled":
        delete_credentials(user_id)
    elif users.is_provisioned(user):
        kong.put_consumer(user.id, user.username)
        made_before = now.timestamp() - _STORING_SECONDS
        _keep_one_group(user, made_before)
        credential = _keep_one(user, made_before)
        if credential.key != user.issuer:
            with transaction() as tx:
                tx.update(user, [*store(credential), User.updated_at.set(now)])


def rename(user: User) -> None:
    """Gives a user's consumer their new username; where that fails, the consumer of the event does it (`converge`)."""
    try:
        kong.put_consumer(user.id, user.username)
    except Unavailable:
        logger.warning("a username is left for the consumer to change", extra={"user_id": str(user.id)})


def store(credential: kong.Credential) -> list[Action]:
    """The writes on a user that make a credential the one that their tokens name."""
    return [User.issuer.set(credential.key), User.kid.set(signing.kid_of(credential.public_key))]


def _keep_one(user: User, made_before: float = math.inf) -> kong.Credential:
    """The user's one credential: the stored one, else the oldest that holds our current key, else a new one.

    The stored one counts only if its key is still there to sign with. The others are deleted if they were made before a
    time (seconds since 1970), but for one that is to be retired: its tokens are still good.
    """
    found = kong.list_credentials(user.id)
    public_pem = signing.current_key().public_pem
    stored = (c for c in found if c.key == user.issuer and signing.holds(c.public_key))
    kept = next(stored, None) or next((c for c in found if c.public_key.strip() == public_pem.strip()), None)
    if kept is None:
        kept = kong.create_credential(user.id, public_pem)
    for other in found:
        if other.key not in (kept.key, user.old_issuer) and other.created_at < made_before:
            kong.delete_credential(user.id, other.key)
    return kept


def _keep_one_group(user: User, made_before: float) -> None:
    kong.put_group(user.id, user.role)
    for group in kong.list_groups(user.id):
        if group.name != user.role and group.created_at < made_before:
            kong.delete_group(user.id, group.name)


@contextmanager
def replaced_group(user: User, old_role: str) -> Iterator[None]:
    """The group of a user's role beside that of their old one, which ends when the block has stored the new role.

    Raises `GatewayUnavailable`, with nothing changed, when Kong cannot be reached.
    """
    kong.put_group(user.id, user.role)
    try:
        yield
    except Exception as error:
        # As for a credential: after a passing fault the role may be stored all the same.
        if not is_transient(error):
            _leave(user.id, user.role)
        raise
    _leave(user.id, old_role)


def _leave(user_id: UUID, group: str) -> None:
    """Takes a user out of a group; where that fails, the consumer of the same change's event does it (`converge`)."""
    try:
        kong.delete_group(user_id, group)
    except Unavailable:
        logger.warning("a group is left for the consumer to delete", extra={"user_id": str(user_id)})


@contextmanager
def new_credential(user: User) -> Iterator[kong.Credential]:
    """A new credential, beside those there are, for the block to store.

    Raises `GatewayUnavailable`, with nothing changed, when Kong cannot be reached.
    """
    fresh = kong.create_credential(user.id, signing.current_key().public_pem)
    try:
        yield fresh
    except Exception as error:
        # After a passing fault it may be stored all the same. If it is not, no token ever names it, and the next event
        # of its user has it deleted.
        if not is_transient(error):
            _drop(user.id, fresh.key)
        raise


@contextmanager
def replaced_credential(user: User) -> Iterator[kong.Credential]:
    """As `new_credential`; the old ones end, and every token with them, when the block is through."""
    old = [key for key in (user.issuer, user.old_issuer) if key is not None]
    with new_credential(user) as fresh:
        yield fresh
    for key in old:
        _drop(user.id, key)


def _drop(user_id: UUID, key: str) -> None:
    """Deletes a credential; where that fails, the consumer of the same change's event does it (`converge`)."""
    try:
        kong.delete_credential(user_id, key)
    except Unavailable:
        logger.warning("a credential is left for the consumer to delete", extra={"user_id": str(user_id)})


def delete_credentials(user_id: UUID) -> None:
    """Ends every token of a user at the gateway."""
    for credential in kong.list_credentials(user_id):
        kong.delete_credential(user_id, credential.key)
