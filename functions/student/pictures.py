"""Students' pictures: uploaded by a form, checked and accepted once the profile names their key, linked to."""

import re
from uuid import UUID, uuid4

from lms import uploads
from lms.errors import InvalidField
from lms.signatures import SIGNATURE_BYTES, image_type_of

MAX_BYTES = 2 * 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PictureKeyUnknown(InvalidField):
    field = ("profile_picture",)
    code = "picture_key"
    detail = "This key was not given to you."


class PictureUnfit(InvalidField):
    field = ("profile_picture",)
    code = "picture_kind"
    detail = "The picture must be a PNG, JPEG or WebP file of at most 2 MB."


class PictureMissing(InvalidField):
    field = ("profile_picture",)
    code = "picture_missing"
    detail = "Nothing was uploaded under this key, or it is gone."


def upload_form(student_id: UUID) -> uploads.UploadForm:
    """A form by which one picture of 1 byte to 2 MB can be uploaded within an hour."""
    return uploads.upload_form(f"{_folder(student_id)}{uuid4()}", MAX_BYTES)


def accept(student_id: UUID, key: str) -> None:
    """Makes an uploaded picture servable, under the type that its first bytes say; may be repeated.

    Raises `PictureKeyUnknown`, `PictureUnfit`, `PictureMissing`.
    """
    folder = _folder(student_id)
    if not (key.startswith(folder) and _NAME.fullmatch(key.removeprefix(folder))):
        raise PictureKeyUnknown
    upload = uploads.find(key, SIGNATURE_BYTES)
    if upload is None:
        raise PictureMissing
    content_type = image_type_of(upload.first_bytes)
    if content_type is None or upload.size > MAX_BYTES:
        raise PictureUnfit
    if not uploads.accept(upload, content_type):
        raise PictureMissing


def remove_all(student_id: UUID) -> None:
    """Deletes every picture of a student, also those that no profile came to name."""
    uploads.remove_folder(_folder(student_id))


def _folder(student_id: UUID) -> str:
    return f"students/{student_id}/"
