"""Finding users, and telling of them: the pieces that every use case shares."""

from datetime import datetime
from uuid import UUID, uuid4

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from auth.rules import Status
from auth.tables import Guard, Profile, User
from lms import roster
from lms.dynamo import Transaction, next_version
from lms.errors import Forbidden, NotFound
from lms.events import MobileChange, Person, UserProfileUpdated
from lms.texts import address_key


def login_name(name: str) -> str:
    """The guard of a username or roll number."""
    return f"login#{name.casefold()}"


def email_name(email: str) -> str:
    return f"email#{address_key(email)}"


def mobile_name(number: str) -> str:
    return f"mobile#{number}"


def holder(name: str) -> UUID | None:
    """Who holds a guard, None when nobody does."""
    try:
        return Guard.get(name, consistent_read=True).user_id
    except DoesNotExist:
        return None


def find_by_name(name: str) -> User | None:
    """The user who holds a guard, None when nobody does. As much is read either way, so that its time tells nothing."""
    return find(holder(name) or uuid4())


def find(user_id: UUID) -> User | None:
    """A user by id; None for one who never was, or was erased."""
    try:
        user = User.get(user_id, consistent_read=True)
    except DoesNotExist:
        return None
    return None if user.status == "erased" else user


def get(user_id: UUID) -> User:
    """As `find`, but raises `NotFound`."""
    user = find(user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def get_active(user_id: UUID) -> User:
    """As `get`, but raises `Forbidden` for a disabled one: their last request may have passed the gateway in time."""
    user = get(user_id)
    if user.status != "active":
        raise Forbidden("The account is disabled.", code="disabled")
    return user


def profile_of(user: User) -> Profile:
    """A user's profile; an empty one of whom was erased meanwhile."""
    try:
        return Profile.get(user.id, consistent_read=True)
    except DoesNotExist:
        return empty_profile(user)


def empty_profile(user: User) -> Profile:
    return Profile(user_id=user.id, name=user.username)


def person(user: User, profile: Profile) -> Person:
    return Person(
        username=user.username,
        email=user.email,
        name=profile.name,
        mobile_number=profile.mobile_number,
        city=profile.city,
        country=profile.country,
        additional_details=profile.additional_details or {},
    )


def profile_updated(
    user: User,
    profile: Profile,
    *,
    version: int,
    previous_email: str | None = None,
    previous_email_verified: bool = False,
    mobile_change: MobileChange | None = None,
) -> UserProfileUpdated:
    return UserProfileUpdated(
        version=version,
        user_id=user.id,
        is_type=user.is_type,
        roll_no=user.roll_no,
        person=person(user, profile),
        email_verified=user.email_verified,
        mobile_verified=user.mobile_verified,
        disabled=user.status == "disabled",
        previous_email=previous_email,
        previous_email_verified=previous_email_verified,
        mobile_change=mobile_change,
    )


def put_card(
    tx: Transaction,
    user: User,
    name: str,
    *,
    status: str,
    version: int,
    previous_email: str | None = None,
    if_version: int | None = None,
) -> None:
    roster.put_user(
        tx,
        user.id,
        role=user.is_type,
        status=status,
        name=name,
        email=user.email,
        email_confirmed=is_address_theirs(user),
        roll_no=user.roll_no,
        version=version,
        previous_email=previous_email,
        if_version=if_version,
    )


def publish_profile(tx: Transaction, profile: Profile, *, version: int) -> None:
    """Lets other services show the profile as it is from this version of the user on."""
    roster.put_profile(
        tx,
        profile.user_id,
        mobile_number=profile.mobile_number,
        city=profile.city,
        country=profile.country,
        additional_details=profile.additional_details or {},
        version=version,
    )


def is_address_theirs(user: User) -> bool:
    """Whether the address leads to the person: they confirmed it, or an administrator gave it to them.

    Only whom an administrator invited has no password, until they use the link that was sent to the address.
    """
    return bool(user.email_verified) or user.password is None


def place(user: User, status: Status) -> list[Action]:
    """The writes that give a user a status, in the directory too."""
    return [User.status.set(status), User.directory.set(directory(user.is_type, status))]


def directory(is_type: str, status: Status) -> str:
    """The partition of the directory that users of this type and status are listed in."""
    return f"{is_type}#{status}"


def touch(user: User, now: datetime) -> int:
    """Marks a user as changed at `now`; the version that the change gets."""
    user.updated_at = now
    return next_version(user)
