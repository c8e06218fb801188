"""Changes that students make to their own profile."""

from datetime import datetime
from uuid import UUID

from lms import credentials, roster, uploads
from lms.dynamo import retry_stale
from lms.errors import Forbidden, InvalidField, Problem
from lms.etags import Precondition, require_match
from student import pictures, rules
from student.schemas import PictureUpload, ProfileUpdate, StudentProfile, UploadForm
from student.service import students
from student.service.students import StudentRecord


class KeptByInstitute(Forbidden):
    code = "not-own"
    detail = "Only the institute can change: {fields}."


class ImplausibleBirthday(InvalidField):
    field = ("date_of_birth",)
    code = "date_of_birth"
    detail = "The date of birth must be between 1900 and today."


def update(
    student_id: UUID, update: ProfileUpdate, if_match: Precondition, client_ip: str, now: datetime
) -> StudentProfile:
    """Replaces the fields given; the password first, once everything else is known to be right.

    The fields of the account are changed there, so that every view of it shows the same. Raises `KeptByInstitute`,
    `ImplausibleBirthday`, `AccountErased`, `PreconditionFailed`, as `pictures.accept` does, and as `lms.credentials`
    does.
    """
    _require_own(update)
    _require_plausible(update, now)
    before = students.get_caller(student_id, now)
    if update.profile_picture is not None and update.profile_picture != before.student.picture:
        pictures.accept(student_id, update.profile_picture)
    try:
        require_match(before.version, if_match)
        changed = _change_account(before, update, if_match, client_ip)
        # The account fulfilled the precondition, and has another version by that.
        profile, replaced = _save(student_id, update, Precondition() if changed else if_match, now)
    except Problem:
        if update.profile_picture is not None and roster.find_user(student_id) is None:
            # An erasure meanwhile may have deleted the pictures before this one was accepted.
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


def _change_account(before: StudentRecord, update: ProfileUpdate, if_match: Precondition, client_ip: str) -> bool:
    """Has auth change the account where the update asks for it; whether it did."""
    student_id, password = before.student.id, update.current_password
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
    """Answers the profile as it then is, and the key of the picture that another one replaced."""
    record = students.get_caller(student_id, now)
    require_match(record.version, if_match)
    student = record.student
    student.own = student.own.model_copy(update=update.own())
    replaced = None
    if "profile_picture" in update.model_fields_set and update.profile_picture != student.picture:
        replaced, student.picture = student.picture, update.profile_picture
    return students.save(record, now), replaced


def _require_own(update: ProfileUpdate) -> None:
    kept = update.model_fields_set & update.of_institute
    if kept:
        raise KeptByInstitute(fields=", ".join(sorted(kept)))


def _require_plausible(update: ProfileUpdate, now: datetime) -> None:
    birthday = update.date_of_birth
    if birthday is not None and not rules.is_plausible_birthday(birthday, now.date()):
        raise ImplausibleBirthday
