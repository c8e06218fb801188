"""What other services learn of a user: their cards on the Roster, and the event that has their whole state."""

from auth.tables import Profile, User
from lms import roster
from lms.dynamo import Transaction
from lms.events.users import MobileChange, Person, UserProfileUpdated


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
        role=user.role,
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
    profile: Profile,
    *,
    status: str,
    version: int,
    previous_email: str | None = None,
    previous_roll_no: str | None = None,
    if_version: int | None = None,
) -> None:
    """Lets every service find the user, with this status, by id, email address and roll number."""
    roster.put_user(
        tx,
        user.id,
        role=user.role,
        status=status,
        name=profile.name,
        email=user.email,
        email_confirmed=_owns_address(user),
        roll_no=user.roll_no,
        version=version,
        previous_email=previous_email,
        previous_roll_no=previous_roll_no,
        if_version=if_version,
    )


def put_profile(tx: Transaction, user: User, profile: Profile, *, version: int) -> None:
    """Lets other services show the profile as it is from this version of the user on."""
    roster.put_profile(
        tx,
        user.id,
        mobile_number=profile.mobile_number,
        city=profile.city,
        country=profile.country,
        additional_details=profile.additional_details or {},
        version=version,
    )


def _owns_address(user: User) -> bool:
    """Whether the address leads to the person: they confirmed it, or an administrator gave it to them.

    Only a user whom an administrator invited has no password, until they use the link that was sent to the address.
    """
    return bool(user.email_verified) or user.password is None
