"""Images that the texts of questions show as `![what it shows](image:<id>)`.

They are uploaded by a form, accepted once a question of the course names them, and stay: copies of a question, in an
exam or in a copy of the course, show the same files.
"""

import re
from dataclasses import replace
from typing import TypeVar
from uuid import UUID, uuid4, uuid5

from exam.rules.questions import Question
from exam.schemas.questions import NewQuestionImage, QuestionImageForm, QuestionImageUpload
from lms import markdown_images, roster, uploads
from lms.assets import EXTENSIONS, content_type_of
from lms.errors import InvalidField
from lms.refusals import CourseNotFound
from lms.signatures import IMAGE_TYPES, SIGNATURE_BYTES, ImageType, image_type_of

MAX_BYTES = 5 * 1024 * 1024
MOST_OF_QUESTION = 20
_EXTENSIONS = "|".join(re.escape(EXTENSIONS[image_type]) for image_type in IMAGE_TYPES)
_ID = re.compile(rf"[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}({_EXTENSIONS})")

_Question = TypeVar("_Question", bound=Question)


class ImageMissing(InvalidField):
    code = "image_missing"
    detail = "No image of this course was uploaded as {image_id}, or it is gone."


class ImageUnfit(InvalidField):
    code = "image_kind"
    detail = "The image {image_id} is not of the type that its form allows, or larger than 5 MB."


class TooManyImages(InvalidField):
    field = ("questionText",)
    code = "too_many_images"
    detail = "A question can show at most {limit} images."


def upload_form(course_id: UUID, body: NewQuestionImage) -> QuestionImageUpload:
    """A form by which one image, of 1 byte to 5 MB, can be uploaded within an hour; raises `CourseNotFound`."""
    if roster.find_course(course_id) is None:
        raise CourseNotFound
    image_id = _id(uuid4(), body.content_type)
    form = uploads.upload_form(_key(course_id, image_id), MAX_BYTES, body.content_type)
    upload = QuestionImageForm(url=form.url, fields=form.fields)
    return QuestionImageUpload(id=image_id, upload=upload, expires_in=uploads.FORM_SECONDS)


def import_image(course_id: UUID, import_id: UUID, name: str, stored_at: str) -> str:
    """The id that a file of an import gets as an image of the course; may be repeated.

    Its type is what its first bytes say, whatever the package calls it. Raises `ImageMissing`, `ImageUnfit`.
    """
    found = uploads.find_written(stored_at, stored_at, SIGNATURE_BYTES)
    if found is None:
        raise ImageMissing(image_id=name)
    image_type = image_type_of(found.first_bytes)
    if image_type is None or found.size > MAX_BYTES:
        raise ImageUnfit(image_id=name)
    image_id = _id(uuid5(import_id, name), image_type)
    if not uploads.accept(replace(found, key=_key(course_id, image_id)), image_type):
        raise ImageMissing(image_id=name)
    return image_id


def _id(unique: UUID, image_type: ImageType) -> str:
    """The id of an image to come; its extension says the one type that it may have."""
    return f"{unique}{EXTENSIONS[image_type]}"


def with_images(course_id: UUID, question: _Question) -> _Question:
    """A question with the images that its texts name: those that it has already, and new ones, which are accepted.

    May be repeated. Raises `ImageMissing`, `ImageUnfit`, `TooManyImages`.
    """
    paths = {name: path for path, text in question.texts.items() for name in markdown_images.names_in(text)}
    if len(paths) > MOST_OF_QUESTION:
        raise TooManyImages(limit=MOST_OF_QUESTION)
    images = {name: question.images.get(name) or _accept(course_id, name, path) for name, path in paths.items()}
    return question.model_copy(update={"images": images})


def _accept(course_id: UUID, image_id: str, path: tuple[str | int, ...]) -> str:
    """The key of an image of the course. What was accepted once is not replaced by a later upload."""
    if not _ID.fullmatch(image_id):
        raise ImageMissing(*path, image_id=image_id)
    key = _key(course_id, image_id)
    if uploads.is_there(key):
        return key
    upload = uploads.find(key, SIGNATURE_BYTES)
    if upload is None:
        raise ImageMissing(*path, image_id=image_id)
    if not _is_fit(upload):
        raise ImageUnfit(*path, image_id=image_id)
    if not uploads.accept(upload, content_type_of(key)):
        raise ImageMissing(*path, image_id=image_id)
    return key


def _is_fit(upload: uploads.Upload) -> bool:
    return upload.size <= MAX_BYTES and image_type_of(upload.first_bytes) == content_type_of(upload.key)


def _key(course_id: UUID, image_id: str) -> str:
    return f"question-images/{course_id}/{image_id}"
