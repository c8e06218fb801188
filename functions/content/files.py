"""Which files a lesson may have, and what their keys say."""

import re
from uuid import UUID

from lms.assets import EXTENSIONS, TYPES, ContentType, content_type_of
from lms.errors import InvalidField
from lms.signatures import begins_as

MAX_BYTES = 200 * 1024 * 1024
_FILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z0-9]+)")


class AssetKeyUnknown(InvalidField):
    field = ("asset",)
    code = "asset_key"
    detail = "This key was not given out for this lesson."


class AssetMissing(InvalidField):
    field = ("asset",)
    code = "asset_missing"
    detail = "Nothing was uploaded under this key, or it is gone."


class AssetUnfit(InvalidField):
    field = ("asset",)
    code = "asset_kind"
    detail = "The file has another type or size than its upload form allows."


def new_key(course_id: UUID, lesson_id: UUID, file_id: UUID, content_type: ContentType) -> str:
    """The key of a file to come; its extension says the one type that it may have."""
    return f"{_folder(course_id, lesson_id)}{file_id}{EXTENSIONS[content_type]}"


def require_key_of(key: str, course_id: UUID, lesson_id: UUID) -> None:
    """Raises `AssetKeyUnknown` for a key that was not given out for this lesson."""
    folder = _folder(course_id, lesson_id)
    name = _FILE.fullmatch(key.removeprefix(folder))
    if not (key.startswith(folder) and name and name[2] in TYPES):
        raise AssetKeyUnknown


def require_fit(key: str, content_type: str, size: int, beginning: bytes) -> None:
    """Raises `AssetUnfit` for a file of another type than its key says, by its first bytes too, or of another size."""
    expected = content_type_of(key)
    if content_type != expected or not 1 <= size <= MAX_BYTES or not begins_as(expected, beginning):
        raise AssetUnfit


def _folder(course_id: UUID, lesson_id: UUID) -> str:
    return f"courses/{course_id}/lessons/{lesson_id}/"
