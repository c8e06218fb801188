"""Profiles: shown to the person and to administrators, changed by the person."""

from datetime import datetime
from uuid import UUID

from auth.schemas import ProfileUpdate, ProfileView
from auth.service import authentication, publishing, reserved_names, search, throttling, users
from auth.service.reserved_names import EmailTaken, email_name
from auth.tables import Profile, User
from lms.dynamo import Transaction, retry_stale, transaction
from lms.etags import Precondition, require_match
from lms.events.users import MobileChange
from lms.outbox import emit

_PROFILE_FIELDS = frozenset({"name", "mobile_number", "city", "country", "additional_details"})


def show(user_id: UUID) -> ProfileView:
    """A person's profile; raises `UserNotFound`."""
    return view(*users.get_with_profile(user_id))


@retry_stale
def update(
    user_id: UUID,
    changes: ProfileUpdate,
    client_ip: str,
    if_match: Precondition,
    now: datetime,
    card_version: int | None = None,
) -> ProfileView:
    """Replaces the given fields, with `card_version` only while the Roster's card has that version.

    A new email address or mobile number has to be confirmed again.

    Raises `WrongPassword`, `EmailTaken`, `TooManyContactChanges` and `PreconditionFailed`.
    """
    user = users.get(user_id)
    if changes.current_password is not None:
        authentication.confirm_password(user, changes.current_password, client_ip, now)
    if changes.email is not None:
        reserved_names.require_free(email_name(changes.email), user, EmailTaken())
    require_match(user.version, if_match)
    profile = users.profile_of(user)
    old_words = search.words_of(user, profile)
    old_mobile, was_verified = profile.mobile_number, user.mobile_verified
    old_email, old_email_verified = user.email, user.email_verified
    for field in changes.model_fields_set & _PROFILE_FIELDS:
        setattr(profile, field, getattr(changes, field))
    mobile_change = _mobile_change(old_mobile, profile.mobile_number)
    if mobile_change is not None:
        user.mobile_verified = user.mobile_may_reset = False
    with transaction() as tx:
        if changes.email is not None and changes.email != user.email:
            _change_email(tx, user, changes.email)
        if user.email != old_email or mobile_change is not None:
            throttling.count_contact_change(tx, user.id, now)
        if was_verified and not user.mobile_verified:
            reserved_names.release(tx, reserved_names.mobile_name(old_mobile))
        version = tx.update(
            user,
            [
                User.email.set(user.email),
                User.email_verified.set(user.email_verified),
                User.mobile_verified.set(user.mobile_verified),
                User.mobile_may_reset.set(user.mobile_may_reset),
                User.updated_at.set(now),
            ],
        )
        tx.put(profile)
        search.replace(tx, user, old_words, search.words_of(user, profile))
        previous = old_email if user.email != old_email else None
        publishing.put_card(
            tx,
            user,
            profile,
            status=user.status,
            version=version,
            previous_email=previous,
            if_version=card_version,
        )
        publishing.put_profile(tx, user, profile, version=version)
        event = publishing.profile_updated(
            user,
            profile,
            version=version,
            previous_email=previous,
            previous_email_verified=previous is not None and old_email_verified,
            mobile_change=mobile_change,
        )
        emit(tx, event, now)
    user.updated_at = now
    return view(user, profile)


def _mobile_change(old: str | None, new: str | None) -> MobileChange | None:
    if new == old:
        return None
    return "dropped" if new is None else "set"


def _change_email(tx: Transaction, user: User, email: str) -> None:
    if email_name(email) != email_name(user.email):
        reserved_names.reserve(tx, email_name(email), user, EmailTaken())
        reserved_names.release(tx, email_name(user.email))
    user.email = email
    # The number was confirmed before this address will be.
    user.email_verified = user.mobile_may_reset = False


def view(user: User, profile: Profile) -> ProfileView:
    return ProfileView(
        id=user.id,
        user_id=user.id,
        username=user.username,
        email=user.email,
        email_verified=user.email_verified,
        role=user.role,
        status=user.status,
        roll_no=user.roll_no,
        name=profile.name,
        mobile_number=profile.mobile_number,
        mobile_verified=user.mobile_verified,
        city=profile.city,
        country=profile.country,
        additional_details=profile.additional_details or {},
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
