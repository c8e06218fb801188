"""Students' pictures on S3.

A student uploads by a pre-signed form below `uploads/`, where things expire after a day and are never served. Naming
the key in the profile has the object looked into and copied to its place; only the copy, which no form can write, is
linked to.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from lms.errors import Invalid
from lms.settings import setting

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS = 3600
LINK_SECONDS = 300
MAX_BYTES = 2 * 1024 * 1024
_LOC = ("body", "profile_picture")
_BUCKET = setting("ASSETS_BUCKET")
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNATURE_BYTES = 12
# Of an upload that is not there, is empty, or was replaced while it was looked at.
_ABSENT = frozenset({"403", "404", "AccessDenied", "InvalidRange", "NoSuchKey", "PreconditionFailed"})


@dataclass(frozen=True)
class Form:
    """What S3 takes one upload by: all `fields`, then the file, posted to `url`; it will be known by `key`."""

    key: str
    url: str
    fields: dict[str, str]


@lru_cache(maxsize=1)
def _s3() -> "S3Client":
    # Made when a picture is first handled, as it delays a cold start. "virtual" makes links to the region's own
    # endpoint; by default they lead to the global one, which redirects.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    client: S3Client = botocore.session.get_session().create_client(  # type: ignore[assignment]  # made from a name
        "s3", region_name=setting("AWS_REGION"), config=config
    )
    return client


def upload_form(student_id: UUID) -> Form:
    """A form by which one picture of 1 byte to 2 MB can be uploaded within an hour."""
    key = f"{_folder(student_id)}{uuid4()}"
    form = _s3().generate_presigned_post(
        _BUCKET, _uploaded(key), Conditions=[["content-length-range", 1, MAX_BYTES]], ExpiresIn=UPLOAD_SECONDS
    )
    return Form(key, form["url"], form["fields"])


def accept(student_id: UUID, key: str) -> None:
    """Makes an uploaded picture servable, under the type that its first bytes tell.

    Raises `Invalid` for a key that was not given to this student, and for anything but a PNG, JPEG or WebP picture of
    2 MB at most. May be repeated while the upload is there.
    """
    folder = _folder(student_id)
    if not (key.startswith(folder) and _NAME.fullmatch(key.removeprefix(folder))):
        raise Invalid(_LOC, "This is no key that was given out to you.", "picture_key")
    try:
        found = _s3().get_object(Bucket=_BUCKET, Key=_uploaded(key), Range=f"bytes=0-{_SIGNATURE_BYTES - 1}")
        content_type = content_type_of(found["Body"].read())
        size = int(found["ContentRange"].rpartition("/")[2])
        if content_type is None or size > MAX_BYTES:
            raise Invalid(_LOC, "A PNG, JPEG or WebP picture of 2 MB at most is expected.", "picture_kind")
        _s3().copy_object(
            Bucket=_BUCKET,
            Key=key,
            CopySource={"Bucket": _BUCKET, "Key": _uploaded(key)},
            CopySourceIfMatch=found["ETag"],
            ContentType=content_type,
            MetadataDirective="REPLACE",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            raise Invalid(_LOC, "Nothing was uploaded under this key, or it is gone.", "picture_missing") from error
        raise


def content_type_of(beginning: bytes) -> str | None:
    """The type of a picture by its first bytes, None for anything else."""
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "image/webp"
    return None


def link(key: str) -> str:
    """A link to an accepted picture for 5 minutes."""
    params = {"Bucket": _BUCKET, "Key": key}
    return _s3().generate_presigned_url("get_object", Params=params, ExpiresIn=LINK_SECONDS)


def remove(key: str) -> None:
    """Deletes a picture; one that is gone is no fault."""
    _s3().delete_object(Bucket=_BUCKET, Key=key)


def remove_all(student_id: UUID) -> None:
    """Deletes every picture of a student, also those that no profile came to name.

    A form that was given out may still be used for an hour; what it uploads expires like all uploads.
    """
    folder = _folder(student_id)
    # The uploads first: from then on none of them can be accepted, and what was is found.
    for prefix in (_uploaded(folder), folder):
        for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=_BUCKET, Prefix=prefix):
            for found in page.get("Contents", []):
                remove(found["Key"])


def _folder(student_id: UUID) -> str:
    return f"students/{student_id}/"


def _uploaded(key: str) -> str:
    return f"uploads/{key}"
