"""The Outline: the table of contents of each course, one item a course, so that a read is one read and a change atomic.

Content writes it; everybody reads it.
"""

import zlib
from functools import lru_cache
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from pynamodb.attributes import BinaryAttribute, UTCDateTimeAttribute, VersionAttribute

from lms.curriculum import Lesson, Module, Outline, Subtopic
from lms.dynamo import Key, Table, UUIDAttribute, table_name
from lms.errors import InvalidField
from lms.settings import setting

# DynamoDB takes 400 KB an item; a Lambda function answers 6 MB at most, and some answers hold several outlines.
_MAX_STORED_BYTES = 384 * 1024
_MAX_TEXT_BYTES = 1024 * 1024

_modules = TypeAdapter(tuple[Module, ...], config=ConfigDict(defer_build=True))


class OutlineTooLarge(InvalidField):
    code = "outline_too_large"
    detail = "With this change, the outline of the course would be too large."


class OutlineItem(Table):
    """The modules as deflated JSON: a whole real course is 5 KB instead of 50."""

    class Meta:
        table_name = table_name("outlines")
        region = setting("AWS_REGION")

    course_id = UUIDAttribute(hash_key=True, attr_name="id")
    modules = BinaryAttribute(legacy_encoding=False)
    updated_at = UTCDateTimeAttribute()
    version = VersionAttribute()

    def outline(self) -> Outline:
        return Outline(version=self.version, modules=_read(self.modules))

    def store(self, modules: tuple[Module, ...]) -> None:
        """Sets the modules; the caller's transaction saves the item. Raises `OutlineTooLarge`."""
        text = _modules.dump_json(modules)
        stored = zlib.compress(text)
        if len(text) > _MAX_TEXT_BYTES or len(stored) > _MAX_STORED_BYTES:
            raise OutlineTooLarge
        self.modules = stored


@lru_cache(maxsize=16)
def _read(stored: bytes) -> tuple[Module, ...]:
    # A worker reads the same few courses again and again, and nothing of an outline can be changed.
    return _modules.validate_json(zlib.decompress(stored))


def outline_key(course_id: UUID) -> Key:
    """Where the outline of a course is, for `read_together`."""
    return OutlineItem, course_id, None


def read_outline(course_id: UUID) -> Outline:
    """The outline of a course, unpublished parts included; an empty one when nothing was written yet."""
    item = OutlineItem.find(course_id)
    return item.outline() if item else Outline()


__all__ = ["Lesson", "Module", "Outline", "OutlineItem", "Subtopic", "outline_key", "read_outline"]
