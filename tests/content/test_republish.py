"""Republishing outlines."""

from tests.conftest import Outbox
from tests.content.conftest import Content
from tests.republishing import republish


def test_every_outline_is_republished_at_its_version(content: Content, outbox: Outbox) -> None:
    from content.operations import handler
    from lms.events.content import OutlineChanged

    content.add_course()
    module = content.add_module()
    content.add_lesson(module["id"])
    last, before = outbox.of(OutlineChanged)[-1], len(outbox.all())
    assert sum(answer["republished"] for answer in republish(handler, rows=1)) == 2
    assert outbox.all()[before:] == [last]
