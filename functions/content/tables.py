"""The table that content owns beside the Outline."""

from lms.dynamo import Table, UUIDAttribute, table_name
from lms.settings import setting


class ContentId(Table):
    """Points from a module or lesson to its course. Written before the outline names it, and never changed or removed:
    one that no outline names points to nothing that anybody can see."""

    class Meta:
        table_name = table_name("content_ids")
        region = setting("AWS_REGION")

    id = UUIDAttribute(hash_key=True)
    course_id = UUIDAttribute()
