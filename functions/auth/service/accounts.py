"""Accounts as administrators see to them: listed, corrected, disabled and enabled, erased."""

from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

from auth import kong
from auth.rules import Status
from auth.schemas import NameField, ProfileView, UserUpdate, UserView
from auth.service import (
    administrators,
    corrections,
    gateway,
    imported_courses,
    profiles,
    reserved_names,
    roles,
    search,
    sessions,
    users,
)
from auth.service.corrections import Correction
from auth.tables import AdminClaim, Profile, User
from lms import roster
from lms.audit import audit
from lms.callers import ROLES, Role
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import Conflict
from lms.etags import Precondition, require_match
from lms.events.users import UserDisabled, UserEnabled, UserErased
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import AccountBeingSetUp
from lms.texts import address_key

# An address needs the password (`profiles.update`).
_NOT_ONES_OWN = {"status", "email", "role"}
_LISTED: tuple[Status, ...] = ("active", "invited", "provisioning", "disabled")


class OwnAccount(Conflict):
    code = "own-account"
    detail = "You cannot change your own status, role or address here. Your address can be changed in your profile."


class OwnErasure(Conflict):
    code = "own-account"
    detail = "You cannot erase your own account."


def list_users(role: Role | None, status: Status | None, paging: PageRequest) -> Page[UserView]:
    """Users by role, then status, in the order of their registration."""
    partitions = [
        users.directory(one_role, one_status)
        for one_role in ([role] if role else ROLES)
        for one_status in ([status] if status else _LISTED)
    ]
    found, after = query_page(User.directory_index, partitions, paging)
    listed = read_together([(Profile, user.id, None) for user in found])
    return paging.page([_line(user, profile) for user, profile in zip(found, listed, strict=True)], after)


def find_users(
    field: NameField, value: str, role: Role | None, status: Status | None, paging: PageRequest
) -> Page[UserView]:
    """The one user who has exactly this username, roll number or email address, as a list; or with `q` all found."""
    if field == "q":
        found, after = search.find(value, paging)
        return paging.page([_line(*each) for each in found if _fits(each[0], role, status)], after)
    user = users.find_by_name(
        reserved_names.email_name(value) if field == "email" else reserved_names.login_name(value)
    )
    # Usernames and roll numbers share one space of names: the name found may be of the other kind.
    if user is None or address_key(getattr(user, field) or "") != address_key(value):
        return paging.page([], None)
    return paging.page([_line(user, users.profile_of(user))] if _fits(user, role, status) else [], None)


def _fits(user: User, role: Role | None, status: Status | None) -> bool:
    return user.role == (role or user.role) and user.status == (status or user.status)


def _line(user: User, profile: Profile | None) -> UserView:
    # The index may still have the account of somebody who was erased meanwhile.
    name = profile.name if profile else user.username
    return UserView(
        id=user.id,
        username=user.username,
        name=name,
        email=user.email,
        role=user.role,
        status=user.status,
        roll_no=user.roll_no,
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


@retry_stale
def update(user_id: UUID, changes: UserUpdate, admin_id: UUID, if_match: Precondition, now: datetime) -> ProfileView:
    """Corrects a user's account, disables or enables them: they are `active` then if they have a password.

    A disabled user's tokens, and those of a user with another role, end at the gateway before this returns. An address
    that is given has to be confirmed.

    Raises `UserNotFound`, `OwnAccount`, `LastAdmin`, `StillEnrolled`, `StillTeaching`, `AccountBeingSetUp`,
    `StudentsOnly`, `UsernameTaken`, `EmailTaken`, `RollNumberTaken`, `PreconditionFailed` and `GatewayUnavailable`.
    """
    user, profile = users.get_with_profile(user_id)
    if user_id == admin_id and changes.model_fields_set & _NOT_ONES_OWN:
        raise OwnAccount
    if not users.is_provisioned(user):
        raise AccountBeingSetUp
    require_match(user.version, if_match)
    disabled = user.status == "disabled" if changes.status is None else changes.status == "disabled"
    gets_role = changes.role not in (None, user.role)
    ends_access = gets_role or (disabled and user.status != "disabled")
    claim = administrators.claim(user, admin_id, now) if ends_access else None
    if gets_role:
        roles.leave(user, now)
    correction = corrections.correct(user, profile, changes)
    status = "disabled" if disabled else users.enabled_status(user)
    if correction.fields or status != user.status:
        _store(user, correction, status, claim, admin_id, now)
    if "username" in correction.fields:
        gateway.rename(user)
    user.refresh(consistent_read=True)
    return profiles.view(user, profile)


def _store(
    user: User, correction: Correction, status: Status, claim: AdminClaim | None, admin_id: UUID, now: datetime
) -> None:
    gets_role, gets_status = "role" in correction.fields, status != user.status
    # The gateway first: if it cannot be reached, nothing is changed, and nobody believes it was.
    with ExitStack() as at_the_gateway:
        credential = None
        if gets_role:
            at_the_gateway.enter_context(gateway.replaced_group(user, correction.old_role))
        if gets_status and status == "disabled":
            gateway.delete_credentials(user.id)
        elif (gets_status or gets_role) and status != "disabled":
            credential = at_the_gateway.enter_context(gateway.replaced_credential(user))
        with transaction() as tx:
            administrators.end_claim(claim, tx)
            ends = gets_status or gets_role
            actions = sessions.end_sessions(user, credential, now) if ends else [User.updated_at.set(now)]
            version = tx.update(user, [*correction.actions, *users.set_status(user, status), *actions])
            if gets_status:
                _publish_status(tx, user, status, version, admin_id, now)
            correction.write(tx, version, status, admin_id, now)


def _publish_status(tx: Transaction, user: User, status: Status, version: int, admin_id: UUID, now: datetime) -> None:
    if status == "disabled":
        emit(tx, UserDisabled(version=version, user_id=user.id), now)
        audit(tx, now, "account.disabled", admin_id, {"user": user.id})
    else:
        emit(tx, UserEnabled(version=version, user_id=user.id), now)
        audit(tx, now, "account.enabled", admin_id, {"user": user.id})


@retry_stale
def erase(user_id: UUID, admin_id: UUID, if_match: Precondition, now: datetime) -> None:
    """Erases a user: personal data, sign-in, credentials at the gateway. A tombstone with the version stays.

    Raises `OwnErasure`, `LastAdmin`, `UserNotFound` the second time, `PreconditionFailed`, and `GatewayUnavailable`
    with nothing changed.
    """
    user = users.get(user_id)
    if user_id == admin_id:
        raise OwnErasure
    require_match(user.version, if_match)
    erase_user(user, admin_id, administrators.claim(user, admin_id, now), now)


def erase_user(user: User, admin_id: UUID | None, claim: AdminClaim | None, now: datetime) -> None:
    """As `erase`, for a user whom the caller has checked; without `admin_id`, by an operator's command."""
    profile = users.profile_of(user)
    kong.delete_consumer(user.id)
    with transaction() as tx:
        administrators.end_claim(claim, tx)
        version = tx.update(
            user,
            [
                *users.set_status(user, "erased"),
                *sessions.end_sessions(user, None, now),
                *(field.remove() for field in (User.username, User.email, User.password, User.roll_no)),
                User.consumer_id.remove(),
            ],
        )
        tx.delete(profile)
        imported_courses.forget(tx, user.id)
        search.replace(tx, user, search.words_of(user, profile), frozenset())
        for name in reserved_names.names_of(user, profile):
            reserved_names.release(tx, name)
        roster.remove_user(tx, user.id, email=user.email, roll_no=user.roll_no)
        emit(tx, UserErased(version=version, user_id=user.id), now)
        audit(tx, now, "account.erased", admin_id, {"user": user.id}, before={"role": user.role})
