"""Lessons' files: uploaded by a form, checked and accepted once a lesson names their key."""

from urllib.parse import quote, unquote
from uuid import UUID, uuid4

from content import files
from content.schemas import Upload, UploadForm
from lms import uploads
from lms.assets import ContentType
from lms.curriculum import Asset
from lms.signatures import SIGNATURE_BYTES

_FILE_NAME = "file-name"


def upload_form(course_id: UUID, lesson_id: UUID, content_type: ContentType, file_name: str | None) -> Upload:
    """A form by which one file of this type, of 1 byte to 200 MB, can be uploaded for a lesson within an hour."""
    key = files.new_key(course_id, lesson_id, uuid4(), content_type)
    metadata = {_FILE_NAME: quote(file_name, safe="")} if file_name else None
    form = uploads.upload_form(key, files.MAX_BYTES, content_type, metadata)
    return Upload(upload=UploadForm(url=form.url, fields=form.fields), key=key, expires_in=uploads.FORM_SECONDS)


def accept(course_id: UUID, lesson_id: UUID, key: str) -> Asset:
    """Makes an uploaded file servable; may be repeated while the upload is there.

    Raises `AssetKeyUnknown`, `AssetMissing`, `AssetUnfit`.
    """
    files.require_key_of(key, course_id, lesson_id)
    upload = uploads.find(key, SIGNATURE_BYTES)
    if upload is None:
        raise files.AssetMissing
    files.require_fit(key, upload.content_type, upload.size, upload.first_bytes)
    if not uploads.accept(upload, upload.content_type):
        raise files.AssetMissing
    file_name = upload.metadata.get(_FILE_NAME)
    return Asset(key=key, file_name=unquote(file_name) if file_name else None, size=upload.size)
