"""Who may pass: consumers with their JWT credentials and ACL groups, in SQLite.

A write is on disk (in SQLite's write-ahead log, synced) before it is answered, so a power cut loses nothing.
"""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

_TABLES = """
CREATE TABLE IF NOT EXISTS consumers (
    id TEXT PRIMARY KEY, username TEXT UNIQUE, custom_id TEXT UNIQUE, created_at INTEGER, updated_at INTEGER);
CREATE TABLE IF NOT EXISTS credentials (
    id TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, rsa_public_key TEXT NOT NULL, created_at INTEGER,
    consumer_id TEXT NOT NULL REFERENCES consumers ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS groups (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER,
    consumer_id TEXT NOT NULL REFERENCES consumers ON DELETE CASCADE, UNIQUE (consumer_id, name));
CREATE INDEX IF NOT EXISTS credentials_of_consumer ON credentials (consumer_id);
"""
_CREDENTIAL = "SELECT id, consumer_id, key, rsa_public_key, created_at FROM credentials"
_GROUP = "SELECT id, consumer_id, name, created_at FROM groups"


class Taken(ValueError):
    """Another entity has this value in a unique field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Consumer:
    id: str
    username: str | None
    custom_id: str | None
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that tokens name in `iss`, and the PEM of the ES256 key that they are signed with."""

    id: str
    consumer_id: str
    key: str
    rsa_public_key: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    consumer_id: str
    name: str
    created_at: int


class Consumers:
    """One process opens a file at a time."""

    def __init__(self, path: Path) -> None:
        # Each statement commits by itself.
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; {_TABLES}"
        )

    def close(self) -> None:
        self._database.close()

    def get(self, consumer_id: str) -> Consumer | None:
        row = self._row("SELECT * FROM consumers WHERE id = ?", consumer_id)
        return Consumer(*row) if row else None

    def put(self, consumer_id: str, username: str | None, custom_id: str | None) -> Consumer:
        """Makes a consumer, or replaces what it is called. Raises Taken."""
        now = int(time.time())
        statement = (
            "INSERT INTO consumers VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET username = excluded.username, custom_id = excluded.custom_id, updated_at = excluded.updated_at"
        )
        self._write(statement, consumer_id, username, custom_id, now, now)
        found = self.get(consumer_id)
        assert found is not None
        return found

    def delete(self, consumer_id: str) -> None:
        """Deletes a consumer, its credentials and groups with it; does nothing for an unknown one."""
        self._write("DELETE FROM consumers WHERE id = ?", consumer_id)

    def find_credential(self, key: str) -> Credential | None:
        row = self._row(f"{_CREDENTIAL} WHERE key = ?", key)
        return Credential(*row) if row else None

    def credentials(self, consumer_id: str) -> list[Credential]:
        """A consumer's credentials in the order of their ids."""
        return [Credential(*row) for row in self._rows(f"{_CREDENTIAL} WHERE consumer_id = ? ORDER BY id", consumer_id)]

    def add_credential(self, consumer_id: str, key: str, public_key: str) -> Credential:
        """Raises Taken."""
        credential = Credential(str(uuid4()), consumer_id, key, public_key, int(time.time()))
        self._write(
            "INSERT INTO credentials (id, consumer_id, key, rsa_public_key, created_at) VALUES (?, ?, ?, ?, ?)",
            *(credential.id, consumer_id, key, public_key, credential.created_at),
        )
        return credential

    def delete_credential(self, consumer_id: str, key_or_id: str) -> bool:
        """Whether there was one."""
        statement = "DELETE FROM credentials WHERE consumer_id = ? AND ? IN (key, id)"
        return self._write(statement, consumer_id, key_or_id) > 0

    def groups(self, consumer_id: str) -> list[Group]:
        """A consumer's groups in the order of their ids, as Kong lists them."""
        return [Group(*row) for row in self._rows(f"{_GROUP} WHERE consumer_id = ? ORDER BY id", consumer_id)]

    def add_group(self, consumer_id: str, name: str) -> Group:
        """Puts a consumer into a group, or leaves it there."""
        statement = "INSERT INTO groups (id, name, created_at, consumer_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._write(statement, str(uuid4()), name, int(time.time()), consumer_id)
        (row,) = self._rows(f"{_GROUP} WHERE consumer_id = ? AND name = ?", consumer_id, name)
        return Group(*row)

    def delete_group(self, consumer_id: str, name_or_id: str) -> bool:
        """Whether the consumer was in it."""
        return self._write("DELETE FROM groups WHERE consumer_id = ? AND ? IN (name, id)", consumer_id, name_or_id) > 0

    def _row(self, statement: str, *values: str) -> Any:
        return next(iter(self._rows(statement, *values)), None)

    def _rows(self, statement: str, *values: str) -> list[Any]:
        with closing(self._database.execute(statement, values)) as found:
            return found.fetchall()

    def _write(self, statement: str, *values: str | int | None) -> int:
        """How many rows it changed."""
        try:
            return self._database.execute(statement, values).rowcount
        except sqlite3.IntegrityError as error:
            table, _, field = str(error).rpartition(".")
            if "UNIQUE" not in table:
                raise
            raise Taken(field) from error
