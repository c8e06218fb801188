"""Requests at the same moment, and in the middle of one another."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any, TypeVar

import pytest
from moto.core.botocore_stubber import BotocoreStubber

_T = TypeVar("_T")
Meanwhile = Callable[[Callable[[], Any]], None]


def at_once(calls: Sequence[Callable[[], _T]]) -> list[_T]:
    """The answers of calls that all start at the same moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], _T]) -> _T:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            start.wait()
            return call()
        finally:
            loop.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def whole_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB carries out each call as a whole; moto does so in threads only if they take turns."""
    turn, process = Lock(), BotocoreStubber.process_request

    def one_at_a_time(stubber: BotocoreStubber, request: Any) -> Any:
        with turn:
            return process(stubber, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", one_at_a_time)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Lets something happen when the next request has read what it needs, and has not yet written."""
    from lms.dynamo import Transaction

    commit = Transaction.commit

    def arrange(happens: Callable[[], Any]) -> None:
        def late(tx: Transaction) -> None:
            monkeypatch.setattr(Transaction, "commit", commit)
            at_once([happens])
            commit(tx)

        monkeypatch.setattr(Transaction, "commit", late)

    return arrange
