"""Groups of changes on disk, whole or not at all, whatever step a kill comes after."""

import asyncio
import json
import os
import random
import shutil
import struct
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localstack.journal import Folder, Journal, framed, groups


def run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread: `asyncio.run` leaves the main one without an event loop, which other tests expect there."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def test_a_journal_is_read_up_to_where_it_is_torn(tmp_path: Path) -> None:
    whole = [[["item", "a", number]] for number in range(3)]
    content = b"".join(framed(group) for group in whole)
    file = tmp_path / "1.journal"
    ends = [len(b"".join(framed(group) for group in whole[:count])) for count in range(4)]
    for length in range(len(content) + 1):
        file.write_bytes(content[:length])
        assert list(groups(file)) == whole[: sum(end <= length for end in ends) - 1]


def test_what_does_not_fit_its_checksum_ends_a_journal(tmp_path: Path) -> None:
    file = tmp_path / "1.journal"
    content = framed([["a"]]) + framed([["b"]]) + framed([["c"]])
    for index in range(len(framed([["a"]])), 2 * len(framed([["a"]]))):
        spoilt = bytearray(content)
        spoilt[index] ^= 1
        file.write_bytes(spoilt)
        assert list(groups(file)) == [[["a"]]]


@pytest.mark.parametrize("rest", [bytes(100), struct.pack(">II", 0xFFFFFFFF, 0) + b"x", b"\0\0\0"])
def test_what_a_file_system_may_leave_at_the_end_is_no_group(tmp_path: Path, rest: bytes) -> None:
    file = tmp_path / "1.journal"
    file.write_bytes(framed([["a"]]) + rest)
    assert list(groups(file)) == [[["a"]]]


def test_what_is_synced_is_in_the_file_and_one_sync_serves_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (syncs.append(file), sync(file)))
    file = tmp_path / "1.journal"

    async def client(journal: Journal, name: int) -> None:
        for number in range(20):
            journal.record(name, number)
            await journal.synced()
            # What another process would find now.
            assert [name, number] in [change for group in groups(file) for change in group]

    async def clients() -> None:
        journal = Journal(file)
        await asyncio.gather(*(client(journal, name) for name in range(10)))

    run(clients())
    changes = [change for group in groups(file) for change in group]
    assert sorted(changes) == [[name, number] for name in range(10) for number in range(20)]
    # Each client's in the order in which it made them.
    assert all([n for who, n in changes if who == name] == list(range(20)) for name in range(10))
    assert len(syncs) < 100


def test_a_client_that_leaves_takes_no_change_with_it(tmp_path: Path) -> None:
    file = tmp_path / "1.journal"

    async def leave() -> None:
        journal = Journal(file)
        journal.record("first")
        leaving = asyncio.create_task(journal.synced())
        await asyncio.sleep(0)
        leaving.cancel()
        journal.record("second")
        await journal.synced()

    run(leave())
    assert [change for group in groups(file) for change in group] == [["first"], ["second"]]


def test_each_change_is_in_the_journal_that_was_the_current_one(tmp_path: Path) -> None:
    async def turn() -> None:
        journal = Journal(tmp_path / "1.journal")
        waiting = []
        for number in range(1, 5):
            journal.record("before", number)
            # One that is being written, one that waits for it, one that nobody waits for.
            waiting += [asyncio.create_task(journal.synced())]
            await asyncio.sleep(0)
            journal.record("waits", number)
            waiting += [asyncio.create_task(journal.synced())]
            await asyncio.sleep(0)
            journal.record("last", number)
            journal.turn_to(tmp_path / f"{number + 1}.journal")
        await asyncio.wait_for(asyncio.gather(*waiting), 5)

    run(turn())
    for number in range(1, 5):
        changes = [change for group in groups(tmp_path / f"{number}.journal") for change in group]
        assert changes == [["before", number], ["waits", number], ["last", number]]


class Cut(BaseException):
    """The power goes."""


class Store:
    """A dictionary in a folder of journals and copies."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        self.folder.tidy()
        newest = self.folder.newest()
        self.state: dict[str, int] = json.loads((newest / "state").read_text()) if newest else {}
        for key, value in self.folder.changes():
            self.state[key] = value
        self._journal = self.folder.next_journal()

    def put(self, key: str, value: int) -> None:
        self.state[key] = value
        with self._journal.open("ab") as file:
            file.write(framed([[key, value]]))

    def save(self) -> None:
        self._journal = self.folder.next_journal()
        self.folder.save(self._journal, lambda copy: (copy / "state").write_text(json.dumps(self.state)))


STEPS: list[tuple[Any, str]] = [
    (os, "open"),
    (os, "fsync"),
    (os, "sync"),
    (Path, "mkdir"),
    (Path, "touch"),
    (Path, "write_text"),
    (Path, "rename"),
    (Path, "unlink"),
    (shutil, "rmtree"),
]


def _cut_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """The power goes at one of the calls that change a disk: before it, and at the next number after it."""
    left = [steps]

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise Cut
            done = step(*given, **named)
            left[0] -= 1
            if left[0] == 0:
                raise Cut
            return done

        return call

    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


def test_a_cut_at_any_step_of_a_copy_or_a_start_loses_nothing(tmp_path: Path) -> None:
    luck = random.Random(1)
    cuts = 0
    for steps in range(1, 80):
        path = tmp_path / str(steps)
        store = Store(path)
        for _ in range(luck.randrange(3)):
            store.put(luck.choice("abc"), luck.randrange(100))
            store.save()
        store.put("a", luck.randrange(100))
        expected = dict(store.state)
        with pytest.MonkeyPatch.context() as patch:
            _cut_after(patch, steps)
            try:
                store.save()
                store = Store(path)
            except Cut:
                cuts += 1
        again = Store(path)
        assert again.state == expected
        again.put("b", 1)
        assert Store(path).state == {**expected, "b": 1}
        assert len(list(path.glob("*.saved"))) <= 1
        assert not list(path.glob("*.unfinished"))
    assert cuts > 20
