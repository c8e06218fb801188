"""Lessons' files as people see them: with a name, a type, and a link for five minutes."""

from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import quote

from lms import uploads
from lms.curriculum import Asset
from lms.fields import CamelView

ContentType = Literal[
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
    "audio/mpeg",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
]
EXTENSIONS: dict[ContentType, str] = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
}
TYPES = {extension: content_type for content_type, extension in EXTENSIONS.items()}
_SPELLINGS: dict[str, ContentType] = {**TYPES, ".jpeg": "image/jpeg"}
_SHOWN_BY_BROWSERS = ("image/", "video/", "application/pdf")
# A link carries the name twice encoded, and credentials besides; storage takes 8 KB of headers.
_NAME_CHARACTERS = 60


class AssetView(CamelView):
    """`url` works for `expires_in` seconds. `size`, in bytes, is null for files that came before sizes were kept."""

    key: str
    file_name: str
    content_type: ContentType
    size: int | None
    url: str
    expires_in: int


def show(asset: Asset | None, title: str) -> AssetView | None:
    """A lesson's file, with a link on which its type is fixed."""
    if asset is None:
        return None
    content_type, name = content_type_of(asset.key), _file_name(asset, title)
    disposition = f"{_disposition(content_type)}; filename*=UTF-8''{quote(name, safe='')}"
    url = uploads.link(asset.key, ResponseContentType=content_type, ResponseContentDisposition=disposition)
    return AssetView(
        key=asset.key,
        file_name=name,
        content_type=content_type,
        size=asset.size,
        url=url,
        expires_in=uploads.LINK_SECONDS,
    )


def content_type_of(key: str) -> ContentType:
    """The one type that the file of a key may have."""
    return TYPES[PurePosixPath(key).suffix]


def type_of_name(file_name: str) -> ContentType | None:
    """The type that a file has by its name; None if lessons cannot have such files."""
    return _SPELLINGS.get(PurePosixPath(file_name).suffix.lower())


def _file_name(asset: Asset, title: str) -> str:
    name = asset.file_name or title
    extension = PurePosixPath(name).suffix
    if type_of_name(name) != content_type_of(asset.key):
        extension = PurePosixPath(asset.key).suffix
    return name.removesuffix(extension)[:_NAME_CHARACTERS] + extension


def _disposition(content_type: ContentType) -> str:
    # RFC 6266: only what a browser shows safely is shown by it.
    return "inline" if content_type.startswith(_SHOWN_BY_BROWSERS) else "attachment"
