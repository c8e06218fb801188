"""Version 7 UUIDs."""

import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import ids
from lms.ids import uuid7

MILLISECOND = 1_000_000
MOMENTS = st.integers(0, 2**62)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=0)
    monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: clock.now))
    return clock


def test_an_id_says_when_it_was_made() -> None:
    before = time.time_ns() // MILLISECOND
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // MILLISECOND


@given(moment=MOMENTS)
def test_an_id_is_a_uuid_of_version_7(moment: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: moment))
        made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == moment // MILLISECOND


@given(first=MOMENTS, later=st.integers(1000, 10**18))
def test_an_id_made_a_microsecond_later_is_greater(first: int, later: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        moments = iter([first, first + later])
        patch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: next(moments)))
        assert uuid7() < uuid7()


def test_ids_of_one_moment_differ(at: SimpleNamespace) -> None:
    assert len({uuid7() for _ in range(1000)}) == 1000
