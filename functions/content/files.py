"""Which files a lesson may have, what their keys say, and how they are served."""

import re
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote
from uuid import UUID

from lms.errors import InvalidField

ContentType = Literal["application/pdf", "video/mp4", "image/png", "image/jpeg", "image/webp", "application/zip"]

MAX_BYTES = 200 * 1024 * 1024
_EXTENSIONS: dict[ContentType, str] = {
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/zip": ".zip",
}
_TYPES = {extension: content_type for content_type, extension in _EXTENSIONS.items()}
_FILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z0-9]+)")
# A link carries the name twice encoded, and credentials besides; storage takes 8 KB of headers.
_NAME_CHARACTERS = 60


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
    return f"{_folder(course_id, lesson_id)}{file_id}{_EXTENSIONS[content_type]}"


def require_key_of(key: str, course_id: UUID, lesson_id: UUID) -> None:
    """Raises `AssetKeyUnknown` for a key that was not given out for this lesson."""
    folder = _folder(course_id, lesson_id)
    name = _FILE.fullmatch(key.removeprefix(folder))
    if not (key.startswith(folder) and name and name[2] in _TYPES):
        raise AssetKeyUnknown


def require_fit(key: str, content_type: str, size: int) -> None:
    """Raises `AssetUnfit` for a file of another type than its key says, an empty or a too large one."""
    if content_type != content_type_of(key) or not 1 <= size <= MAX_BYTES:
        raise AssetUnfit


def content_type_of(key: str) -> ContentType:
    return _TYPES[PurePosixPath(key).suffix]


def disposition(key: str, title: str) -> str:
    """The Content-Disposition (RFC 6266) to serve a file with: only what a browser shows safely is shown by it."""
    kind = "attachment" if content_type_of(key) == "application/zip" else "inline"
    return f"{kind}; filename*=UTF-8''{quote(title[:_NAME_CHARACTERS], safe='')}{PurePosixPath(key).suffix}"


def _folder(course_id: UUID, lesson_id: UUID) -> str:
    return f"courses/{course_id}/lessons/{lesson_id}/"
