"""What students change of their own profile."""

from datetime import datetime
from uuid import UUID

from lms import credentials, roster, uploads
from lms.dynamo import retry_stale
from lms.errors import Forbidden, Invalid, Problem
from lms.etags import Precondition, require_match
from student import pictures, rules
from student.schemas import PictureUpload, ProfileUpdate, StudentProfile, UploadForm
from student.service import people
from student.service.people import Person


def update(
    student_id: UUID, update: ProfileUpdate, if_match: Precondition, client_ip: str, now: datetime
) -> StudentProfile:
    """Replaces the fields given; the password first, once everything else is known to be right.

    What is the account's is changed there, so that every view of it shows the same. Raises `Invalid`, `Forbidden` for
    what is the school's and for a wrong current password, `TooManyRequests` while that is slowed down,
    `PreconditionFailed`, `Unavailable`.
    """
    _require_own(update)
    _require_plausible(update, now)
    before = people.get_caller(student_id, now)
    if update.profile_picture is not None and update.profile_picture != before.record.picture:
        pictures.accept(student_id, update.profile_picture)
    try:
        require_match(before.version, if_match)
        changed = _change_account(before, update, if_match, client_ip)
        # What was asked of the version held for the account; from then on it is another one.
        profile, replaced = _save(student_id, update, Precondition() if changed else if_match, now)
    except Problem:
        if update.profile_picture is not None and roster.find_user(student_id) is None:
            # The pictures of whoever was erased meanwhile may have been deleted before this one was accepted.
            uploads.remove(update.profile_picture)
        raise
    if replaced is not None:
        uploads.remove(replaced)
    return profile


def picture_upload(student_id: UUID) -> PictureUpload:
    """A form to upload a picture with; nothing changes until the profile names its key."""
    form = pictures.upload_form(student_id)
    return PictureUpload(
        upload=UploadForm(url=form.url, fields=form.fields), key=form.key, expires_in=uploads.FORM_SECONDS
    )


def _change_account(before: Person, update: ProfileUpdate, if_match: Precondition, client_ip: str) -> bool:
    """Has auth change what is the account's; whether anything is."""
    student_id, password = before.record.id, update.current_password
    card_version = int(before.card.version) if if_match.match is not None else None
    if update.password is not None and password is not None:
        credentials.change(student_id, password, update.password, client_ip)
        password, card_version = update.password, None
    fields = update.of_account()
    if fields:
        credentials.update_profile(student_id, fields, password, client_ip, card_version=card_version)
    return bool(fields) or update.password is not None


@retry_stale
def _save(
    student_id: UUID, update: ProfileUpdate, if_match: Precondition, now: datetime
) -> tuple[StudentProfile, str | None]:
    """The profile as it is then, and the key of the picture that it had before another."""
    person = people.get_caller(student_id, now)
    require_match(person.version, if_match)
    person.record.own = person.record.own.model_copy(update=update.own())
    replaced = None
    if "profile_picture" in update.model_fields_set and update.profile_picture != person.record.picture:
        replaced, person.record.picture = person.record.picture, update.profile_picture
    return people.save(person, now), replaced


def _require_own(update: ProfileUpdate) -> None:
    not_own = update.model_fields_set & update.the_schools
    if not_own:
        raise Forbidden(f"The school keeps these: {', '.join(sorted(not_own))}.", code="not-own")


def _require_plausible(update: ProfileUpdate, now: datetime) -> None:
    birthday = update.date_of_birth
    if birthday is not None and not rules.is_plausible_birthday(birthday, now.date()):
        raise Invalid(["body", "date_of_birth"], "This is no date of birth.", "date_of_birth")
