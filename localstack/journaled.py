"""The AWS emulator with a journal: no change is answered before it is on disk. See docs/decisions/0042.

What changes at run time is journaled where ministack stores it: items of tables, messages of queues, files of
buckets, secrets. All else is the deployment's, which ends with a copy of the whole state (`POST /_lms/deployed`), as
does a stop.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import os
import threading
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from ministack import app as ministack
from ministack.core import persistence

from localstack.journal import Change, Folder, Journal, sync

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

COPY_AFTER_BYTES = int(os.environ.get("JOURNAL_BYTES", "64000000"))
# A larger file is synced by itself.
JOURNALED_FILE_BYTES = 1 << 20
LAMBDA = "lambda"


class Emulator:
    """ministack's state on disk."""

    def __init__(self) -> None:
        self._folder = Folder(Path(os.environ["STATE_DIR"]))
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._deployed = False
        self._saving = asyncio.Lock()
        self._copy_after = COPY_AFTER_BYTES
        self._folder.tidy()
        # Before ministack reads them.
        self._restore_files()
        self._s3, self._dynamodb, self._sqs, self._secrets, self._lambda = (
            ministack._get_module(name) for name in ("s3", "dynamodb", "sqs", "secretsmanager", "lambda_svc")
        )
        newest = self._folder.newest()
        for service in ministack._state_map:
            if service != LAMBDA:
                self._load(newest, service)
        self._replay()
        self.journal = Journal(self._folder.next_journal())
        self._journal_items()
        self._journal_messages()
        self._journal_files()
        self._journal_secrets()
        # Its event source mappings read queues and streams from now on.
        self._load(newest, LAMBDA)

    def _load(self, copy: Path | None, service: str) -> None:
        if copy is None or not (copy / f"{service}.json").exists():
            return
        self._lead_to(copy)
        state = persistence.load_state(service)
        if state is None:
            raise RuntimeError(f"{copy / service}.json cannot be read")
        ministack._get_module(ministack._state_map[service]).load_persisted_state(state)

    def _lead_to(self, copy: Path) -> None:
        persistence.STATE_DIR = str(copy)
        self._lambda.CODE_BLOB_DIR = str(copy / "lambda-blobs")

    def _restore_files(self) -> None:
        root = Path(os.environ["S3_DATA_DIR"])
        for kind, *change in self._folder.changes():
            if kind == "file":
                name, content = change
                if content is None:
                    for path in (root / name, root / f"{name}.meta.json"):
                        path.unlink(missing_ok=True)
                else:
                    (root / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    (root / name).write_bytes(base64.b64decode(content))

    def _replay(self) -> None:
        tables = {table["TableArn"]: table for table in self._dynamodb._tables.all_values()}
        for kind, *change in self._folder.changes():
            if kind == "item":
                arn, partition_key, sort_key, item = change
                # A deployment that was cut off left no table; it is done again, and makes an empty one.
                if arn in tables and item is None:
                    self._dynamodb._remove_item(tables[arn], partition_key, sort_key)
                elif arn in tables:
                    self._dynamodb._set_item(tables[arn], partition_key, sort_key, item)
            elif kind == "messages":
                self._replay_messages(change[0])
            elif kind == "secrets":
                self._secrets.reset()
                self._secrets.load_persisted_state(json.loads(change[0], object_hook=persistence._json_object_hook))
        for queue in self._sqs._queues.all_values():
            for message in queue["messages"]:
                # Whoever had received it has died.
                if message["receive_count"]:
                    message["visible_at"] = 0

    def _replay_messages(self, changes: list[Change]) -> None:
        queues = {queue["attributes"]["QueueArn"]: queue for queue in self._sqs._queues.all_values()}
        for arn, added, removed in changes:
            if queue := queues.get(arn):
                gone = {*removed, *(message["id"] for message in added)}
                queue["messages"] = [message for message in queue["messages"] if message["id"] not in gone] + added

    def _journal_items(self) -> None:
        lock, put, remove = threading.Lock(), self._dynamodb._set_item, self._dynamodb._remove_item

        def set_item(table: dict[str, Any], partition_key: str, sort_key: str, item: dict[str, Any]) -> Any:
            # Items expire in a thread of its own: the journal has all changes in the order in which they were made.
            with lock:
                old = put(table, partition_key, sort_key, item)
                self.journal.record("item", table["TableArn"], partition_key, sort_key, item)
                return old

        def remove_item(table: dict[str, Any], partition_key: str, sort_key: str) -> Any:
            with lock:
                old = remove(table, partition_key, sort_key)
                self.journal.record("item", table["TableArn"], partition_key, sort_key, None)
                return old

        self._dynamodb._set_item, self._dynamodb._remove_item = set_item, remove_item
        records_since = self._dynamodb.stream_records_since
        self._dynamodb.stream_records_since = lambda *where, **scope: self._on_disk(records_since(*where, **scope))

    def _journal_messages(self) -> None:
        """By what each call has added and removed: messages are moved and dropped in many places."""
        sqs = self._sqs
        # Mappings have threads of their own, which ministack keeps from one another alone.
        sqs._queues_lock = threading.RLock()
        known: dict[str, set[str]] = {}

        def changes() -> list[Change]:
            found: list[Change] = []
            for queue in sqs._queues.all_values():
                arn, messages = queue["attributes"]["QueueArn"], queue["messages"]
                before, now = known.get(arn, set()), {message["id"] for message in messages}
                if before != now:
                    added = [message for message in messages if message["id"] not in before]
                    found.append([arn, added, list(before - now)])
                    known[arn] = now
            return found

        def journaled(act: Callable[..., Any]) -> Callable[..., Any]:
            def acting(*request: Any) -> Any:
                with sqs._queues_lock:
                    try:
                        return act(*request)
                    finally:
                        # In one change: a message that moves is in one queue or in the other.
                        if found := changes():
                            self.journal.record("messages", found)

            return acting

        changes()
        for name, act in sqs._HANDLERS.items():
            if not inspect.iscoroutinefunction(act):
                sqs._HANDLERS[name] = journaled(act)
        # What receiving them may change besides: some go to the dead letters, some are too old.
        sqs._dlq_sweep, sqs._expire_retained = journaled(sqs._dlq_sweep), journaled(sqs._expire_retained)
        receive = sqs._receive_messages_for_esm
        # Before the template stands a function may lack its layer, and a message that it fails to take waits for long.
        sqs._receive_messages_for_esm = lambda *wanted: self._on_disk(receive(*wanted)) if self._deployed else []
        sqs._delete_messages_for_esm = journaled(sqs._delete_messages_for_esm)

    def _on_disk(self, found: list[Any]) -> list[Any]:
        """What a mapping's thread gives to a function, once no power cut can take it back."""
        if found and threading.get_ident() != self._thread:
            asyncio.run_coroutine_threadsafe(self.journal.synced(), self._loop).result()
        return found

    def _journal_files(self) -> None:
        s3 = self._s3
        root, write, remove = os.path.realpath(s3.DATA_DIR), s3._atomic_write, s3._remove_key_files

        def atomic_write(path: str, content: Any, *, text: bool = False) -> None:
            write(path, content, text=text)
            if len(content) > JOURNALED_FILE_BYTES:
                sync(Path(path))
                sync(Path(path).parent)
            else:
                data = content.encode() if text else content
                self.journal.record("file", os.path.relpath(path, root), base64.b64encode(data).decode())

        def remove_key_files(path: str | None) -> None:
            if path and (Path(path).exists() or Path(f"{path}.meta.json").exists()):
                remove(path)
                self.journal.record("file", os.path.relpath(path, root), None)

        s3._atomic_write, s3._remove_key_files = atomic_write, remove_key_files

    def _journal_secrets(self) -> None:
        """All of them when one changes: they are few, and seldom do."""
        handle = self._secrets.handle_request

        def written() -> str:
            return json.dumps(self._secrets.get_state(), default=persistence._json_default)

        before = written()

        async def handle_request(*request: Any) -> Any:
            nonlocal before
            answer = await handle(*request)
            if (now := written()) != before:
                self.journal.record("secrets", now)
                before = now
            return answer

        self._secrets.handle_request = handle_request

    async def deployed(self) -> None:
        """The template stands: its tables, queues, functions and the rest are in a copy from now on."""
        self._deployed = True
        await self.save()

    async def stop(self) -> None:
        """A copy of the whole, so that the next start has nothing to replay; never of half a deployment."""
        if self._deployed:
            await self.save()

    async def save(self) -> None:
        """A copy, by a child process that has the memory of this one as it is now."""
        async with self._saving:
            journal = self._folder.next_journal()
            self.journal.turn_to(journal)
            child = os.fork()
            if child == 0:
                self._save_and_exit(journal)
            _, status = await asyncio.to_thread(os.waitpid, child, 0)
            if status:
                raise RuntimeError(f"the state was not saved: {status}")
            # Writing it all again shall cost no more than what is written between.
            self._copy_after = max(COPY_AFTER_BYTES, self._folder.size())

    def _save_and_exit(self, journal: Path) -> NoReturn:
        status = 1
        try:
            self._folder.save(journal, self._write)
            status = 0
        except Exception:  # noqa: BLE001 - the process ends here, and its status tells the other one
            traceback.print_exc()
        finally:
            os._exit(status)

    def _write(self, copy: Path) -> None:
        self._lead_to(copy)
        for service, get_state in ministack._build_persistence_save_dict().items():
            state = get_state()
            if state is not None:
                persistence.save_state(service, state)
                # It tells the log alone when it fails.
                if not (copy / f"{service}.json").exists():
                    raise RuntimeError(f"{service} was not saved")

    def has_grown(self) -> bool:
        """Whether the journal has become longer than a copy."""
        return self._deployed and self.journal.size > self._copy_after


class Application:
    """The ASGI application: ministack's, whose answers wait for the journal."""

    def __init__(self) -> None:
        self._emulator: Emulator
        self._saving: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/_lms/deployed":
            await self._emulator.deployed()
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
        else:
            await ministack.app(scope, receive, self._once_on_disk(send))

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What is loaded and saved is ours to say.
        ministack.PERSIST_STATE = False

        async def received() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._emulator = Emulator()
            else:
                await self._emulator.stop()
            return message

        await ministack.app(scope, received, send)

    def _once_on_disk(self, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Reads too: what they saw may not be on disk yet.
                await self._emulator.journal.synced()
                if self._emulator.has_grown() and (self._saving is None or self._saving.done()):
                    self._saving = asyncio.create_task(self._emulator.save())
            await send(message)

        return answer
