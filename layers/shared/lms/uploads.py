"""Files that clients upload to S3 themselves.

A client uploads by a pre-signed form below `uploads/`, where things expire after a day and are never served. Whoever
accepts an upload has it copied to its place; only the copy, which no form can write, is linked to.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from botocore.config import Config
from botocore.exceptions import ClientError

from lms.aws import client
from lms.settings import setting

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_T = TypeVar("_T")
FORM_SECONDS = 3600
LINK_SECONDS = 300
_PIECE = 1024 * 1024
_BUCKET = setting("ASSETS_BUCKET")
# "virtual" makes links to the region's own endpoint; by default they lead to the global one, which redirects. An
# endpoint that is an IP address still gets path style.
_CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
# The answers for an upload that is not there, is shorter than asked for, or was replaced since. Functions may not list
# the bucket, so they get 403 for what does not exist.
_ABSENT = frozenset({"403", "404", "AccessDenied", "InvalidRange", "NoSuchKey", "PreconditionFailed"})


@dataclass(frozen=True)
class UploadForm:
    """What S3 takes one upload by: all `fields`, then the file, posted to `url`; it will be known by `key`."""

    key: str
    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded, and is not accepted yet; `stored_at` is its key in the bucket."""

    key: str
    stored_at: str
    etag: str
    size: int
    content_type: str
    metadata: Mapping[str, str]
    first_bytes: bytes


def _s3() -> "S3Client":
    s3: S3Client = client("s3", _CONFIG)
    return s3


def upload_form(
    key: str, max_bytes: int, content_type: str | None = None, metadata: Mapping[str, str] | None = None
) -> UploadForm:
    """A form by which one file can be uploaded within an hour: not empty, not larger, of this type if one is given.

    `metadata`, in ASCII and at most 2 KB, comes with the file.
    """
    fixed = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
    if content_type:
        fixed["Content-Type"] = content_type
    form = _s3().generate_presigned_post(
        _BUCKET,
        _uploaded(key),
        Fields=dict(fixed),
        Conditions=[*({name: value} for name, value in fixed.items()), ["content-length-range", 1, max_bytes]],
        ExpiresIn=FORM_SECONDS,
    )
    return UploadForm(key, form["url"], form["fields"])


def find(key: str, first_bytes: int) -> Upload | None:
    """What was uploaded under a key, with so many of its first bytes; None when there is nothing."""
    return _look_at(_uploaded(key), key, first_bytes)


def find_written(stored_at: str, key: str, first_bytes: int) -> Upload | None:
    """As `find`, of a file that the system wrote, to be accepted under another key."""
    return _look_at(stored_at, key, first_bytes)


def is_there(key: str) -> bool:
    """Whether there is an accepted file."""
    return _look_at(key, key, 1) is not None


def _look_at(stored_at: str, key: str, first_bytes: int) -> Upload | None:
    found = _if_there(_s3().get_object, Key=stored_at, Range=f"bytes=0-{first_bytes - 1}")
    if found is None:
        return None
    size = int(found["ContentRange"].rpartition("/")[2])
    return Upload(key, stored_at, found["ETag"], size, found["ContentType"], found["Metadata"], found["Body"].read())


def copy_upload_to(key: str, target: BinaryIO) -> bool:
    """Writes what was uploaded under a key into an open file, piece by piece; False when there is nothing."""
    return _copy_to(_uploaded(key), target)


def copy_file_to(key: str, target: BinaryIO) -> bool:
    """As `copy_upload_to`, of a file that was accepted or that the system made."""
    return _copy_to(key, target)


def _copy_to(stored_at: str, target: BinaryIO) -> bool:
    found = _if_there(_s3().get_object, Key=stored_at)
    if found is None:
        return False
    shutil.copyfileobj(found["Body"], target, _PIECE)
    return True


def accept(upload: Upload, content_type: str) -> bool:
    """Makes an upload servable as this type, again too; False when it is gone, or was replaced since it was found."""
    copied = _if_there(
        _s3().copy_object,
        Key=upload.key,
        CopySource={"Bucket": _BUCKET, "Key": upload.stored_at},
        CopySourceIfMatch=upload.etag,
        ContentType=content_type,
        MetadataDirective="REPLACE",
    )
    return copied is not None


def _if_there(call: Callable[..., _T], **arguments: Any) -> _T | None:
    """What a call answers, None when the upload that it is about is absent."""
    try:
        return call(Bucket=_BUCKET, **arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return None
        raise


def link(key: str, *, seconds: int = LINK_SECONDS, **response: Any) -> str:
    """A link to a file; `response` are headers to serve it with, as S3 names them.

    On AWS it ends, whatever `seconds` says, with the credentials of the function that made it: after some hours.
    """
    params = {"Bucket": _BUCKET, "Key": key, **response}
    return _s3().generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)


def write(key: str, body: bytes | BinaryIO, content_type: str) -> None:
    """Writes a file that the system itself makes; of an open file what can be read from its beginning on."""
    _s3().put_object(Bucket=_BUCKET, Key=key, Body=body, ContentType=content_type)


def read(key: str) -> bytes | None:
    """A file that the system made, None when it is gone."""
    found = _if_there(_s3().get_object, Key=key)
    return found and found["Body"].read()


def remove(key: str) -> None:
    """Deletes an accepted file; one that is gone is no fault."""
    _s3().delete_object(Bucket=_BUCKET, Key=key)


def remove_folder(folder: str) -> None:
    """Deletes all files below a folder, uploads included.

    A form that was given out may still be used for an hour; what it uploads expires like all uploads.
    """
    # The uploads first: from then on none of them can be accepted, and what was is found.
    for prefix in (_uploaded(folder), folder):
        for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=_BUCKET, Prefix=prefix):
            for found in page.get("Contents", []):
                remove(found["Key"])


def _uploaded(key: str) -> str:
    return f"uploads/{key}"
