"""Passwords: forgotten, reset, changed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from uuid import UUID

from auth import hashing, rules
from auth.devices import Device
from auth.kong import Credential
from auth.schemas import ResetPassword, TokenPair
from auth.service import authentication, code_budgets, codes, gateway, publishing, reserved_names, sessions, users
from auth.tables import User
from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction
from lms.events.users import CodeChannel, MobileChange, UserPasswordChanged, UserPasswordResetRequested
from lms.outbox import emit


def forgot_password(email: str | None, mobile_number: str | None, now: datetime) -> UUID:
    """Sends a reset code if there is a user to send it to. The answer, an id for the code, looks the same either way.

    Only a mobile number that was confirmed after the address leads to its account.
    """
    if email is not None:
        return _send_reset(reserved_names.email_name(email), "email", now)
    return _send_reset(reserved_names.mobile_name(mobile_number or ""), "sms", now)


@retry_stale
def _send_reset(name: str, channel: CodeChannel, now: datetime) -> UUID:
    # The same reads and writes for everyone: the time of an answer must not show whether there is such a user.
    user = users.find_by_name(name)
    if user is not None and (user.status == "disabled" or (channel == "sms" and not user.mobile_may_reset)):
        user = None
    destination = user.email if user and channel == "email" else name.partition("#")[2]
    new = codes.make("reset", user, destination, now)
    budgets = code_budgets.read(new.row, channel)
    if user is None or budgets.wait(now):
        new = codes.make("reset", None, destination, now)
        codes.store_unsent(new)
    else:
        codes.send(new, user, budgets, channel, UserPasswordResetRequested, now, with_link=channel == "email")
    return new.row.id


@retry_stale
def reset_password(request: ResetPassword, now: datetime) -> None:
    """Sets a new password by code or link, and ends every session.

    A reset by mail confirms the address. It then drops a mobile number that was confirmed before: whoever registered
    with the address confirmed the number, and they need not be the address's owner.

    Raises `WrongCode`, `WeakPassword`, and `GatewayUnavailable` with nothing changed.
    """
    rules.require_strong(request.new_password, "", "")
    proof = _proof(request, now)
    with proof.in_use():
        _reset(proof, request.new_password, now)


def _reset(proof: codes.Proof, new_password: str, now: datetime) -> None:
    user, profile = proof.user, proof.profile
    rules.require_strong(new_password, user.username, user.email)
    # Until the user is provisioned there is no credential, and no session to end.
    credentials: AbstractContextManager[Credential | None] = (
        gateway.replaced_credential(user) if user.issuer else nullcontext()
    )
    confirms_email = proof.channel == "email" and not user.email_verified
    user.email_verified = user.email_verified or confirms_email
    drops_mobile = confirms_email and user.mobile_verified
    mobile_change: MobileChange | None = "dropped" if drops_mobile else None
    was_invited = user.status == "invited"
    user.password = hashing.hash_password(new_password)
    status = users.enabled_status(user)
    with credentials as credential, transaction() as tx:
        proof.spend(tx)
        if drops_mobile:
            reserved_names.release(tx, reserved_names.mobile_name(profile.mobile_number))
            profile.mobile_number, user.mobile_verified = None, False
            tx.put(profile)
        version = tx.update(
            user,
            [
                User.password.set(user.password),
                *users.set_status(user, status),
                *sessions.end_sessions(user, credential, now),
                User.email_verified.set(user.email_verified),
                User.mobile_verified.set(user.mobile_verified),
            ],
        )
        if drops_mobile:
            publishing.put_profile(tx, user, profile, version=version)
        if was_invited:
            publishing.put_card(tx, user, profile, status=status, version=version)
        elif confirms_email:
            roster.confirm_email(tx, user.id, user.email, version=version)
        emit(tx, UserPasswordChanged(version=version, user_id=user.id, reset_by=proof.channel), now)
        # Until the user is provisioned there is no profile to publish; `UserProvisioned` has all of it.
        if confirms_email and users.is_provisioned(user):
            event = publishing.profile_updated(user, profile, version=version, mobile_change=mobile_change)
            emit(tx, event, now, second=True)


def _proof(request: ResetPassword, now: datetime) -> codes.Proof:
    if request.token is not None:
        return codes.check_link(request.token, ("reset", "invitation"), now)
    assert request.reset_id is not None
    assert request.code is not None
    return codes.check_code(request.reset_id, request.code, ("reset",), now)


@retry_stale
def change_password(
    caller: Caller, current_password: str, new_password: str, device: Device, now: datetime
) -> tuple[TokenPair, bool]:
    """As `replace_password`, and starts a new session; whether its token is for a browser's cookie, as the old was."""
    in_cookie = sessions.is_in_cookie(caller.session)
    with _changed_password(caller.id, current_password, new_password, device.address, now) as (tx, user, credential):
        return sessions.start_session(tx, user, credential, device, now, in_cookie=in_cookie), in_cookie


@retry_stale
def replace_password(user_id: UUID, current_password: str, new_password: str, client_ip: str, now: datetime) -> None:
    """Changes the caller's own password, and ends every session.

    Raises `AccountDisabled`, `WeakPassword`, `WrongPassword`, `TooManyAttempts`, and `GatewayUnavailable` with nothing
    changed.
    """
    with _changed_password(user_id, current_password, new_password, client_ip, now):
        pass


@contextmanager
def _changed_password(
    user_id: UUID, current_password: str, new_password: str, client_ip: str, now: datetime
) -> Iterator[tuple[Transaction, User, Credential]]:
    user = users.get_active(user_id)
    rules.require_strong(new_password, user.username, user.email)
    authentication.confirm_password(user, current_password, client_ip, now)
    with gateway.replaced_credential(user) as credential, transaction() as tx:
        password = User.password.set(hashing.hash_password(new_password))
        version = tx.update(user, [password, *sessions.end_sessions(user, credential, now)])
        emit(tx, UserPasswordChanged(version=version, user_id=user.id), now)
        yield tx, user, credential
