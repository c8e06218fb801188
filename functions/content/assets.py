"""Lessons' files on S3.

A client uploads by a pre-signed form below `uploads/`, where things expire after a day and are never served. Naming the
key in the lesson has the object checked and copied to its place; only the copy, which no form can write, is linked to.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from content import files
from lms.errors import Invalid
from lms.settings import setting

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS = 3600
LINK_SECONDS = 300
_LOC = ("body", "asset")
_BUCKET = setting("ASSETS_BUCKET")
# 403 answers a HEAD of what does not exist for those who may not list the bucket; the last two answer a copy of an
# upload that expired or was replaced since.
_ABSENT = frozenset({"403", "404", "NoSuchKey", "PreconditionFailed"})


@dataclass(frozen=True)
class Form:
    """What S3 takes one upload by: all `fields`, then the file, posted to `url`; it will be known by `key`."""

    key: str
    url: str
    fields: dict[str, str]


@lru_cache(maxsize=1)
def _s3() -> "S3Client":
    # Made when a file is first handled, as it delays a cold start. "virtual" makes links to the region's own endpoint;
    # by default they lead to the global one, which redirects. An endpoint that is an IP address still gets path style.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    client: S3Client = botocore.session.get_session().create_client(  # type: ignore[assignment]  # made from a name
        "s3", region_name=setting("AWS_REGION"), config=config
    )
    return client


def upload_form(course_id: UUID, lesson_id: UUID, content_type: files.ContentType) -> Form:
    """A form by which one file of this type, of 1 byte to 200 MB, can be uploaded for a lesson within an hour."""
    key = files.new_key(course_id, lesson_id, uuid4(), content_type)
    form = _s3().generate_presigned_post(
        _BUCKET,
        _uploaded(key),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, files.MAX_BYTES]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return Form(key, form["url"], form["fields"])


def accept(course_id: UUID, lesson_id: UUID, key: str) -> None:
    """Makes an uploaded file servable. Raises `Invalid` for a key of anything else, and a file of another type or size.

    May be repeated while the upload is there.
    """
    if not files.is_key_of(key, course_id, lesson_id):
        raise Invalid(_LOC, "This is no key that was given out for this lesson.", "asset_key")
    content_type = files.content_type_of(key)
    try:
        found = _s3().head_object(Bucket=_BUCKET, Key=_uploaded(key))
        if found["ContentType"] != content_type or not 1 <= found["ContentLength"] <= files.MAX_BYTES:
            raise Invalid(_LOC, "The file has another type or size than was agreed.", "asset_kind")
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
            raise Invalid(_LOC, "Nothing was uploaded under this key, or it is gone.", "asset_missing") from error
        raise


def link(key: str, title: str) -> str:
    """A link to a file for 5 minutes, with its type fixed."""
    return _s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": _BUCKET,
            "Key": key,
            "ResponseContentType": files.content_type_of(key),
            "ResponseContentDisposition": files.disposition(key, title),
        },
        ExpiresIn=LINK_SECONDS,
    )


def _uploaded(key: str) -> str:
    return f"uploads/{key}"
