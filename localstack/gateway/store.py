"""What the gateway is configured with: all of it in memory, consumers with their credentials and groups in SQLite too.

A write is on disk (in SQLite's write-ahead log) before it is answered, so killing the process loses nothing. A power
cut may lose the last moments: the log is not flushed to the platter at each write.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from localstack.gateway.schema import KINDS, Entity, Kind

_Values = tuple[str | None, ...]


class UniqueViolation(ValueError):
    """Another entity has these values; `fields` maps their names to the values."""

    def __init__(self, fields: Entity) -> None:
        super().__init__(str(fields))
        self.fields = fields


class Referenced(ValueError):
    """An entity that others need cannot be deleted; `kind` is theirs."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Store:
    """Entities by kind and id. One process opens a file at a time."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS entity"
            " (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )
        self._rows: dict[str, dict[str, Entity]] = {kind: {} for kind in KINDS}
        self._unique: dict[tuple[str, tuple[str, ...]], dict[_Values, str]] = defaultdict(dict)
        self._children: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._listeners: list[Callable[[str], None]] = []
        for kind, body in self._database.execute("SELECT kind, body FROM entity"):
            self._remember(KINDS[kind], json.loads(body))

    def close(self) -> None:
        self._database.close()

    def on_change(self, listener: Callable[[str], None]) -> None:
        """`listener` is called with the kind after every change."""
        self._listeners.append(listener)

    def get(self, kind: str, entity_id: str) -> Entity | None:
        return self._rows[kind].get(entity_id)

    def find(self, kind: str, **field: str) -> Entity | None:
        """The entity with this value in a unique field."""
        ((name, value),) = field.items()
        entity_id = self._unique[kind, (name,)].get((value,))
        return None if entity_id is None else self._rows[kind][entity_id]

    def all(self, kind: str) -> list[Entity]:
        """In the order of their ids."""
        rows = self._rows[kind]
        return [rows[entity_id] for entity_id in sorted(rows)]

    def in_order_of_creation(self, kind: str) -> list[Entity]:
        return list(self._rows[kind].values())

    def children(self, kind: str, foreign_key: str, parent_id: str) -> list[Entity]:
        """The entities that reference a parent, in the order of their ids."""
        ids = self._children.get((kind, foreign_key, parent_id), ())
        return [self._rows[kind][entity_id] for entity_id in sorted(ids)]

    def put(self, kind: Kind, entity: Entity) -> None:
        """Inserts it, or replaces the one of its id. Raises UniqueViolation."""
        entity_id: str = entity["id"]
        for names in kind.unique:
            values = _values(entity, names)
            holder = self._unique[kind.name, names].get(values) if _counts(kind, values) else None
            if holder not in (None, entity_id):
                raise UniqueViolation({name: entity[name] for name in names})
        if kind.durable:
            self._database.execute(
                "INSERT OR REPLACE INTO entity VALUES (?, ?, ?)", (kind.name, entity_id, json.dumps(entity))
            )
        self._forget(kind, entity_id)
        self._remember(kind, entity)
        self._announce([kind.name])

    def delete(self, kind: Kind, entity_id: str) -> None:
        """Deletes it with all that belongs to it. Raises Referenced for a service that has routes."""
        if kind.name == "services" and self.children("routes", "service", entity_id):
            raise Referenced("routes")
        doomed = [(kind, entity_id), *self._dependents(kind, entity_id)]
        durable = [(each.name, each_id) for each, each_id in doomed if each.durable]
        if durable:
            self._database.execute("BEGIN")
            self._database.executemany("DELETE FROM entity WHERE kind = ? AND id = ?", durable)
            self._database.execute("COMMIT")
        for each, each_id in doomed:
            self._forget(each, each_id)
        self._announce({each.name for each, _ in doomed})

    def _dependents(self, kind: Kind, entity_id: str) -> Iterator[tuple[Kind, str]]:
        for child in KINDS.values():
            for foreign_key, parent in child.foreign.items():
                if parent == kind.name:
                    for entity in self.children(child.name, foreign_key, entity_id):
                        yield child, entity["id"]

    def _remember(self, kind: Kind, entity: Entity) -> None:
        entity_id: str = entity["id"]
        self._rows[kind.name][entity_id] = entity
        for names in kind.unique:
            values = _values(entity, names)
            if _counts(kind, values):
                self._unique[kind.name, names][values] = entity_id
        for foreign_key in kind.foreign:
            if parent := entity[foreign_key]:
                self._children[kind.name, foreign_key, parent["id"]].add(entity_id)

    def _forget(self, kind: Kind, entity_id: str) -> None:
        entity = self._rows[kind.name].pop(entity_id, None)
        if entity is None:
            return
        for names in kind.unique:
            self._unique[kind.name, names].pop(_values(entity, names), None)
        for foreign_key in kind.foreign:
            if parent := entity[foreign_key]:
                key = (kind.name, foreign_key, parent["id"])
                self._children[key].discard(entity_id)
                if not self._children[key]:
                    del self._children[key]

    def _announce(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            for listener in self._listeners:
                listener(kind)


def _values(entity: Entity, names: tuple[str, ...]) -> _Values:
    values: list[Any] = [entity[name] for name in names]
    return tuple(value["id"] if isinstance(value, dict) else value for value in values)


def _counts(kind: Kind, values: _Values) -> bool:
    """NULL is never a duplicate, except of a plugin's scope."""
    return kind.name == "plugins" or None not in values
