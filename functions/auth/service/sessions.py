"""Signing in and out: passwords to token pairs, refresh tokens to new pairs."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from pynamodb.expressions.update import Action

from auth import hashing, rules, signing
from auth.devices import Device
from auth.kong import Credential
from auth.schemas import TokenPair
from auth.service import authentication, gateway, users
from auth.tables import Session, User
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Unauthorized
from lms.events.users import UserSessionsRevoked
from lms.log import logger
from lms.outbox import emit

_FAMILY = re.compile(r"([0-9a-f]{32})\.")


class InvalidRefreshToken(Unauthorized):
    detail = "The refresh token is not valid."


def sign_in(
    identifier: str,
    password: str,
    device: Device,
    now: datetime,
    *,
    teachers_only: bool = False,
    in_cookie: bool = False,
) -> TokenPair:
    """A token pair for the right password; `identifier` is a username, an email address or a roll number.

    `in_cookie`: a browser keeps the refresh token in its cookie.

    Raises `TooManyAttempts` and `WrongCredentials`; only after the right password `AccountBeingSetUp`,
    `AccountDisabled` and `TeachersOnly`.
    """
    user, attempt, replacement = authentication.authenticate(identifier, password, device.address, now)
    authentication.require_usable(user, attempt, teachers_only=teachers_only)
    token, session = _new_session(user, int(user.epoch), device, now, in_cookie=in_cookie)
    with transaction() as tx:
        attempt.undo_failure_and_remember(tx, now)
        tx.put(session)
        if replacement:
            tx.update(user, [User.password.set(replacement)])
        else:
            # No session of somebody who is erased meanwhile may stay: it holds an address.
            tx.check(User, user.id, None, User.status == "active", refuse=authentication.WrongCredentials())
    return _pair(user, token, session, now)


@retry_stale
def refresh(refresh_token: str, device: Device, now: datetime, *, in_cookie: bool = False) -> TokenPair:
    """A new pair for a refresh token, which is spent by it. Raises `InvalidRefreshToken`; see `rules.judge_refresh`.

    `in_cookie`: a browser sent its cookie, and may have lost the last answer.
    """
    session = _find_session(refresh_token)
    user = users.find(session.user_id) if session else None
    if session is None or user is None or user.status != "active":
        raise InvalidRefreshToken
    family = rules.Family(
        current_hash=session.current_hash,
        previous_hash=session.previous_hash,
        rotated_at=session.rotated_at,
        expires_at=session.valid_until,
        epoch=int(session.epoch),
        may_replace=in_cookie
        and not session.replaced
        and (session.client, session.address) == (device.client, device.address),
    )
    presented = hashing.hash_token(refresh_token)
    match verdict := rules.judge_refresh(family, presented, int(user.epoch), now):
        case "rotate" | "replace":
            salt = secrets.token_urlsafe(32)
            successor = _successor(refresh_token, salt)
            valid_until = min(now + rules.REFRESH_LIFETIME, session.ends_at)
            with transaction() as tx:
                tx.update(
                    session,
                    [
                        Session.current_hash.set(hashing.hash_token(successor)),
                        Session.previous_hash.set(presented),
                        Session.successor_salt.set(salt),
                        Session.client.set(device.client),
                        Session.address.set(device.address),
                        Session.in_cookie.set(in_cookie),
                        Session.replaced.set(verdict == "replace"),
                        Session.rotated_at.set(now),
                        Session.valid_until.set(valid_until),
                        Session.expires_at.set(valid_until),
                    ],
                    Session.current_hash == family.current_hash,
                )
            session.valid_until = valid_until
            return _pair(user, successor, session, now)
        case "repeat":
            return _pair(user, _successor(refresh_token, session.successor_salt), session, now)
        case "revoke":
            logger.warning("a spent refresh token came back; its family ends", extra={"user_id": str(user.id)})
            session.delete()
            raise InvalidRefreshToken
        case "refuse":
            raise InvalidRefreshToken


def sign_out(user_id: UUID, refresh_token: str) -> None:
    """Ends a session of the user. A token of someone else, or of no session, changes nothing."""
    session = _find_session(refresh_token)
    if session is not None and session.user_id == user_id:
        session.delete()


def end(refresh_token: str) -> None:
    """Ends the session of a refresh token, or of the one just before it. Any other token changes nothing."""
    session = _find_session(refresh_token)
    if session is not None and hashing.hash_token(refresh_token) in (session.current_hash, session.previous_hash):
        session.delete()


@retry_stale
def sign_out_everywhere(user_id: UUID, now: datetime) -> None:
    """Ends every session at once: access tokens at the gateway, refresh tokens here.

    Raises `AccountDisabled`, and `GatewayUnavailable` with nothing changed.
    """
    user = users.get_active(user_id)
    with gateway.replaced_credential(user) as credential, transaction() as tx:
        version = tx.update(user, end_sessions(user, credential, now))
        emit(tx, UserSessionsRevoked(version=version, user_id=user.id), now)


def end_sessions(user: User, credential: Credential | None, now: datetime) -> list[Action]:
    """The writes on a user that end every session; `credential` is what the gateway knows them by from now on."""
    return [
        User.epoch.set(int(user.epoch) + 1),
        *(gateway.store(credential) if credential else (User.issuer.remove(), User.kid.remove())),
        User.old_issuer.remove(),
        User.old_issuer_until.remove(),
        User.updated_at.set(now),
    ]


def is_in_cookie(family: str) -> bool:
    """Whether the token of a session is in the cookie of a browser."""
    session = Session.find(family) if family else None
    return session is not None and bool(session.in_cookie)


def start_session(
    tx: Transaction, user: User, credential: Credential, device: Device, now: datetime, *, in_cookie: bool
) -> TokenPair:
    """A new session in the transaction that ended all others and stored `credential`."""
    token, session = _new_session(user, int(user.epoch) + 1, device, now, in_cookie=in_cookie)
    tx.put(session)
    user.issuer, user.kid = credential.key, signing.kid_of(credential.public_key)
    return _pair(user, token, session, now)


def _new_session(user: User, epoch: int, device: Device, now: datetime, *, in_cookie: bool) -> tuple[str, Session]:
    family = uuid4().hex
    token = f"{family}.{secrets.token_urlsafe(32)}"
    session = Session(
        family=family,
        user_id=user.id,
        epoch=epoch,
        current_hash=hashing.hash_token(token),
        client=device.client,
        address=device.address,
        in_cookie=in_cookie,
        rotated_at=now,
        ends_at=now + rules.FAMILY_LIFETIME,
        valid_until=now + rules.REFRESH_LIFETIME,
        expires_at=now + rules.REFRESH_LIFETIME,
    )
    return token, session


def _find_session(refresh_token: str) -> Session | None:
    # A cookie may hold anything, DynamoDB's keys may not.
    family = _FAMILY.match(refresh_token)
    return Session.find(family[1]) if family else None


def _successor(refresh_token: str, salt: str) -> str:
    """The token that replaces one. It follows from the token and the stored salt, so that a lost answer can be given
    again without storing a token; neither of the two alone yields it."""
    family = refresh_token.partition(".")[0]
    digest = hmac.new(refresh_token.encode(), salt.encode(), hashlib.sha256).digest()
    return f"{family}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _pair(user: User, refresh_token: str, session: Session, now: datetime) -> TokenPair:
    return TokenPair(
        access_token=signing.access_token(user, session.family, now),
        expires_in=int(rules.ACCESS_LIFETIME.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_in=int((session.valid_until - now).total_seconds()),
    )
