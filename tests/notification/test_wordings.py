from typing import get_args

import pytest

from notification.rules.messages import NoticeKind
from notification.rules.wishes import GROUPS, group_of
from notification.rules.wordings import word

every_kind = pytest.mark.parametrize("kind", get_args(NoticeKind))


@every_kind
def test_what_is_not_known_leaves_no_hole(kind: NoticeKind) -> None:
    wording = word(kind, {}, "UTC")

    for hole in ("None", "{", "}", "  ", " ,", " ."):
        assert hole not in wording.subject + wording.text
    assert wording.subject


@every_kind
def test_a_kind_can_be_switched_off_with_its_group(kind: NoticeKind) -> None:
    assert group_of(kind) in GROUPS


@every_kind
def test_what_users_typed_makes_no_second_line_of_a_subject(kind: NoticeKind) -> None:
    typed = "a\r\nBcc: eve@example.org\u2028b"

    wording = word(kind, dict.fromkeys(("course", "exam", "subject", "message", "lessons"), typed), "UTC")

    assert len(wording.subject.splitlines()) == 1


def test_a_long_title_does_not_make_an_endless_subject() -> None:
    assert len(word("enrolled", {"course": "x" * 1000}, "UTC").subject) <= 200
