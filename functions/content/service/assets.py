"""Lessons' files: uploaded by a form, checked and accepted once a lesson names their key, linked to."""

from uuid import UUID, uuid4

from content import files
from content.schemas import AssetView, Upload, UploadForm
from lms import uploads


def upload_form(course_id: UUID, lesson_id: UUID, content_type: files.ContentType) -> Upload:
    """A form by which one file of this type, of 1 byte to 200 MB, can be uploaded for a lesson within an hour."""
    key = files.new_key(course_id, lesson_id, uuid4(), content_type)
    form = uploads.upload_form(key, files.MAX_BYTES, content_type)
    return Upload(upload=UploadForm(url=form.url, fields=form.fields), key=key, expires_in=uploads.FORM_SECONDS)


def accept(course_id: UUID, lesson_id: UUID, key: str) -> None:
    """Makes an uploaded file servable; may be repeated while the upload is there.

    Raises `AssetKeyUnknown`, `AssetMissing`, `AssetUnfit`.
    """
    files.require_key_of(key, course_id, lesson_id)
    upload = uploads.find(key)
    if upload is None:
        raise files.AssetMissing
    files.require_fit(key, upload.content_type, upload.size)
    if not uploads.accept(upload, upload.content_type):
        raise files.AssetMissing


def view(key: str, title: str) -> AssetView:
    """An accepted file with a link to it for 5 minutes, on which its type is fixed."""
    content_type = files.content_type_of(key)
    url = uploads.link(key, ResponseContentType=content_type, ResponseContentDisposition=files.disposition(key, title))
    return AssetView(key=key, content_type=content_type, url=url, expires_in=uploads.LINK_SECONDS)
