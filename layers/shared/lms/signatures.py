"""How files of a type begin, whatever their names say."""

import re
from typing import Literal

ImageType = Literal["image/jpeg", "image/png", "image/webp"]
IMAGE_TYPES: tuple[ImageType, ...] = ("image/jpeg", "image/png", "image/webp")
"""SVG is none of them: it can hold scripts."""
SIGNATURE_BYTES = 12
"""By which each type is recognised."""
_ZIP = rb"PK(\x03\x04|\x05\x06)"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SIGNATURES = {
    content_type: re.compile(pattern, re.DOTALL)
    for content_type, pattern in {
        "application/pdf": rb"%PDF-",
        f"{_OFFICE}presentationml.presentation": _ZIP,
        f"{_OFFICE}spreadsheetml.sheet": _ZIP,
        f"{_OFFICE}wordprocessingml.document": _ZIP,
        "application/zip": _ZIP,
        "audio/mpeg": rb"ID3|\xff[\xe0-\xff]",
        "image/jpeg": rb"\xff\xd8\xff",
        "image/png": rb"\x89PNG\r\n\x1a\n",
        "image/webp": rb"RIFF....WEBP",
        "video/mp4": rb"....ftyp",
    }.items()
}


def begins_as(content_type: str, beginning: bytes) -> bool:
    """Whether a file of this type can begin so."""
    return _SIGNATURES[content_type].match(beginning) is not None


def image_type_of(beginning: bytes) -> ImageType | None:
    """The type of an image by its first bytes, None for anything else."""
    return next((image_type for image_type in IMAGE_TYPES if begins_as(image_type, beginning)), None)
