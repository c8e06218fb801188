"""Passwords: forgotten, reset, changed."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from uuid import UUID

from auth import hashing, rules
from auth.kong import Credential
from auth.schemas import ResetPassword, TokenPair
from auth.service import authentication, codes, gateway, people, sessions
from auth.tables import Guard, Profile, User
from lms import roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Invalid
from lms.events import Channel, MobileChange, UserPasswordChanged, UserPasswordResetRequested
from lms.outbox import emit


def forgot_password(email: str | None, mobile_number: str | None, now: datetime) -> UUID:
    """Sends a reset code if there is somebody to send it to. The id that the code goes with; it tells nothing.

    Only a mobile number that was confirmed after the address leads to its account.
    """
    if email is not None:
        return _send_reset(people.email_name(email), "email", now)
    return _send_reset(people.mobile_name(mobile_number or ""), "sms", now)


@retry_stale
def _send_reset(name: str, channel: Channel, now: datetime) -> UUID:
    # The same reads and writes whoever it is: how long they take tells no stranger whether somebody is known.
    user = people.find_by_name(name)
    if user is not None and (user.status == "disabled" or (channel == "sms" and not user.mobile_may_reset)):
        user = None
    destination = user.email if user and channel == "email" else name.partition("#")[2]
    new = codes.make("reset", user, destination, now)
    budgets = codes.budgets_of(new, channel)
    if user is None or budgets.wait(now):
        new = codes.make("reset", None, destination, now)
        codes.store_nobodys(new)
    else:
        codes.send(new, user, budgets, channel, UserPasswordResetRequested, now, with_link=channel == "email")
    return new.row.id


@retry_stale
def reset_password(request: ResetPassword, now: datetime) -> None:
    """Sets a new password by code or link, and ends every session.

    By mail it confirms the address. A mobile number that was confirmed before is dropped then: it is that of whoever
    registered the address, who need not be its owner.

    Raises `BadRequest` for a wrong, spent or expired code or link, one text for all; `Invalid` for a weak password;
    `GatewayUnavailable`, with nothing changed, when Kong cannot be told.
    """
    require_strong(request.new_password, "", "")
    proof = _proof(request, now)
    with proof.in_use():
        _reset(proof, request.new_password, now)


def _reset(proof: codes.Proof, new_password: str, now: datetime) -> None:
    user, profile = proof.user, proof.profile
    require_strong(new_password, user.username, user.email)
    # Until the user is provisioned there is no credential, and no session to end.
    credentials: AbstractContextManager[Credential | None] = (
        gateway.replaced_credential(user) if user.issuer else nullcontext()
    )
    confirms_email = proof.channel == "email" and not user.email_verified
    with credentials as credential, transaction() as tx:
        proof.spend(tx)
        mobile_change = _drop_mobile(tx, user, profile) if confirms_email else None
        user.email_verified = user.email_verified or confirms_email
        tx.update(
            user,
            [
                User.password.set(hashing.hash_password(new_password)),
                *sessions.end_sessions(user, credential),
                User.email_verified.set(user.email_verified),
                User.mobile_verified.set(user.mobile_verified),
                User.updated_at.set(now),
            ],
        )
        if confirms_email:
            roster.confirm_email(tx, user.id, user.email, version=next_version(user))
        emit(tx, UserPasswordChanged(version=next_version(user), user_id=user.id, reset_by=proof.channel), now)
        # Until the user is provisioned there is no profile to speak of; `UserProvisioned` has all of it.
        if confirms_email and user.status != "provisioning":
            state = people.profile_updated(user, profile, version=next_version(user), mobile_change=mobile_change)
            emit(tx, state, now, second=True)


def _drop_mobile(tx: Transaction, user: User, profile: Profile) -> MobileChange | None:
    """Removes a confirmed number from the profile and frees it, and from the user, whom the caller stores."""
    if not user.mobile_verified:
        return None
    tx.delete(Guard(name=people.mobile_name(profile.mobile_number)))
    profile.mobile_number, user.mobile_verified = None, False
    tx.put(profile)
    people.publish_profile(tx, profile, version=next_version(user))
    return "dropped"


def _proof(request: ResetPassword, now: datetime) -> codes.Proof:
    if request.token is not None:
        return codes.check_link(request.token, ("reset", "invitation"), now)
    assert request.reset_id is not None
    assert request.code is not None
    return codes.check_code(request.reset_id, request.code, ("reset",), now)


@retry_stale
def change_password(
    user_id: UUID, current_password: str, new_password: str, client_ip: str, now: datetime
) -> TokenPair:
    """Changes the caller's own password, ends every session, and starts a new one.

    Raises `Forbidden` for a wrong current password and when disabled, and `GatewayUnavailable`, with nothing changed,
    when Kong cannot be told.
    """
    user = people.get_active(user_id)
    require_strong(new_password, user.username, user.email)
    authentication.confirm_password(user, current_password, client_ip, now)
    with gateway.replaced_credential(user) as credential, transaction() as tx:
        tx.update(
            user,
            [
                User.password.set(hashing.hash_password(new_password)),
                *sessions.end_sessions(user, credential),
                User.updated_at.set(now),
            ],
        )
        emit(tx, UserPasswordChanged(version=next_version(user), user_id=user.id), now)
        return sessions.start_session(tx, user, credential, now)


def require_strong(password: str, username: str, email: str, *, field: str = "new_password") -> None:
    """Raises `Invalid` for a password that is too easily guessed; `field` is what the client called it."""
    fault = rules.password_fault(password, username, email)
    if fault:
        raise Invalid(["body", field], fault, "weak_password")
