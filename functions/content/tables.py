"""What content keeps in its table beside the Outline."""

from uuid import UUID

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from lms.dynamo import Table, TypedKey, UUIDAttribute, table_name
from lms.settings import setting


class PartPointer(Table):
    """Leads from a module or lesson to its course. Written before the outline names it, and never changed or removed:
    one that no outline names leads to nothing that anybody can see."""

    class Meta:
        table_name = table_name("outlines")
        region = setting("AWS_REGION")

    part_id = TypedKey("part", UUID, hash_key=True, attr_name="id")
    course_id = UUIDAttribute()


class LessonText(Table):
    """A lesson's text in Markdown. The outline says whether there is one: the outline is one item, and must stay small.

    Of lessons that went with their module it stays, as their files do; nothing leads to it. `images` are the keys of
    the pictures that an import brought, by the names by which the text shows them (`![...](image:<name>)`).
    """

    class Meta:
        table_name = table_name("outlines")
        region = setting("AWS_REGION")

    lesson_id = TypedKey("text", UUID, hash_key=True, attr_name="id")
    text = UnicodeAttribute()
    images: JSONAttribute = JSONAttribute(default=dict)


class AppliedImportPart(Table):
    """A part of an import that is in the outline, or was: it does not come again. `part_id` is `<import>#<part>`."""

    class Meta:
        table_name = table_name("outlines")
        region = setting("AWS_REGION")

    part_id = TypedKey("import", hash_key=True, attr_name="id")
