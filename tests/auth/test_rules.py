"""The rules of accounts, without anything around them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auth import rules
from auth.rules import Family, SentCode

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_seconds = st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds))


def _family(rotated: timedelta = timedelta(), ends: timedelta = timedelta(days=30), epoch: int = 0) -> Family:
    return Family("current", "previous", NOW - rotated, NOW + ends, epoch)


def test_a_password_between_the_bounds_that_nobody_guesses_is_no_fault() -> None:
    for password in ("correct-horse-7", "x" * 128, "8 letter"):
        rules.require_strong(password, "amina", "amina@example.com")


def test_a_password_is_refused_for_its_length_its_owner_or_its_fame() -> None:
    for password in ("", "seven77", "x" * 129, "Amina.Khan", "AMINA@example.com", "password1", "QWERTYUIOP"):
        with pytest.raises(rules.WeakPassword):
            rules.require_strong(password, "amina.khan", "amina@example.com")


@given(st.integers(0, 10_000))
def test_delays_grow_with_failures_up_to_a_quarter_of_an_hour(failures: int) -> None:
    delay = rules.delay_after(failures)
    assert timedelta() <= delay <= rules.delay_after(failures + 1) <= timedelta(minutes=15)
    assert (delay == timedelta()) == (failures <= rules.FREE_FAILURES)


def test_the_current_token_rotates_until_its_end() -> None:
    assert rules.judge_refresh(_family(), "current", 0, NOW) == "rotate"
    assert rules.judge_refresh(_family(ends=timedelta()), "current", 0, NOW) == "refuse"


@given(rotated=_seconds)
def test_the_spent_token_is_answered_again_for_ten_seconds_and_then_ends_the_family(rotated: timedelta) -> None:
    verdict = rules.judge_refresh(_family(rotated), "previous", 0, NOW)
    assert verdict == ("repeat" if rotated <= timedelta(seconds=10) else "revoke")


@given(presented=st.text(), rotated=_seconds)
def test_a_token_of_the_family_that_is_neither_ends_it(presented: str, rotated: timedelta) -> None:
    assume(presented not in ("current", "previous") and presented.isascii())
    assert rules.judge_refresh(_family(rotated), presented, 0, NOW) == "revoke"


@given(presented=st.sampled_from(["current", "previous", "other"]), rotated=_seconds, epoch=st.integers(1, 9))
def test_nothing_counts_after_all_sessions_were_ended(presented: str, rotated: timedelta, epoch: int) -> None:
    assert rules.judge_refresh(_family(rotated), presented, epoch, NOW) == "refuse"


def test_a_family_that_never_rotated_has_no_spent_token() -> None:
    assert rules.judge_refresh(Family("current", None, NOW, NOW + timedelta(days=1), 0), "", 0, NOW) == "revoke"


@given(st.lists(_seconds, max_size=40))
def test_however_they_are_asked_for_three_codes_an_hour_and_ten_a_day_go_out(pauses: list[timedelta]) -> None:
    sent: list[SentCode] = []
    out: list[datetime] = []
    now = NOW
    for n, pause in enumerate(pauses):
        now += pause
        wait = rules.wait_for_code(sent, now)
        assert wait == timedelta() or not rules.wait_for_code(sent, now + wait)
        if not wait:
            sent = rules.remember_code(sent, SentCode(str(n), now))
            out.append(now)
    assert all(sum(timedelta() <= at - start < timedelta(hours=1) for at in out) <= 3 for start in out)
    assert all(sum(timedelta() <= at - start < timedelta(days=1) for at in out) <= 10 for start in out)
    assert len(sent) <= 10


@given(st.lists(st.integers(0, 300), min_size=1, max_size=3))
def test_a_code_counts_until_one_goes_out_two_minutes_or_more_after_it(pauses: list[int]) -> None:
    times = [NOW + timedelta(seconds=sum(pauses[: n + 1])) for n in range(len(pauses))]
    sent = [SentCode(str(n), at) for n, at in enumerate(times)]
    for code in sent:
        replaced = any(other.sent_at - code.sent_at >= timedelta(minutes=2) for other in sent)
        assert rules.code_counts(sent, code.id) == (not replaced)
    assert rules.code_counts(sent, sent[-1].id)


def test_a_code_that_was_not_sent_does_not_count() -> None:
    assert not rules.code_counts([], "x")
    assert not rules.code_counts([SentCode("a", NOW)], "x")


@pytest.mark.parametrize(
    ("client_ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_an_address_counts_by_its_network(client_ip: str, network: str) -> None:
    assert rules.network_of(client_ip) == network


def test_codes_are_six_digits_and_roll_numbers_ten_unambiguous_characters() -> None:
    assert all(len(code) == 6 and code.isdigit() for code in (rules.new_code() for _ in range(200)))
    numbers = {rules.new_roll_no() for _ in range(200)}
    assert len(numbers) == 200
    assert not set("".join(numbers)) & set("ILOU")
