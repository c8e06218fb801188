"""What was caught, in one SQLite file: newest first, the oldest let go."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any


class Store:
    """Mails and SMS in the order in which they came; safe to call from several threads."""

    def __init__(self, file: Path, capacity: int = 1000) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS caught (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,"
            " kind TEXT NOT NULL, recipients TEXT NOT NULL, document TEXT NOT NULL)"
        )

    def add_mail(self, mail: dict[str, Any]) -> None:
        """Keep one mail in Mailpit's form, once by its ID."""
        people = mail["To"] + mail["Cc"] + mail["Bcc"]
        self._add(mail["ID"], "mail", " ".join(who["Address"] for who in people), mail)

    def add_sms(self, sms: dict[str, Any]) -> None:
        """Keep one SMS in Twilio's form."""
        self._add(sms["sid"], "sms", sms["to"], sms)

    def _add(self, identity: str, kind: str, recipients: str, document: dict[str, Any]) -> None:
        with self._lock:
            self._database.execute(
                "INSERT OR IGNORE INTO caught (id, kind, recipients, document) VALUES (?, ?, ?, ?)",
                (identity, kind, recipients.lower(), json.dumps(document)),
            )
            self._database.execute(
                "DELETE FROM caught WHERE number <= (SELECT max(number) FROM caught) - ?", (self._capacity,)
            )

    def newest(self, kind: str, limit: int, start: int = 0, recipient: str = "") -> tuple[int, list[dict[str, Any]]]:
        """How many there are, and one page of them; `recipient` is any part of an address or number."""
        where = "kind = ? AND instr(recipients, ?) > 0"
        asked = (kind, recipient.lower())
        with self._lock:
            (total,) = self._database.execute(f"SELECT count(*) FROM caught WHERE {where}", asked).fetchone()
            rows = self._database.execute(
                f"SELECT document FROM caught WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?",
                (*asked, limit, start),
            ).fetchall()
        return total, [json.loads(document) for (document,) in rows]

    def everything(self) -> list[tuple[str, dict[str, Any]]]:
        """Kind and document of all, newest first."""
        with self._lock:
            rows = self._database.execute("SELECT kind, document FROM caught ORDER BY number DESC").fetchall()
        return [(kind, json.loads(document)) for kind, document in rows]

    def mail(self, identity: str) -> dict[str, Any] | None:
        """One mail by its ID, or the newest by the word `latest`."""
        if identity == "latest":
            _, mails = self.newest("mail", 1)
            return mails[0] if mails else None
        with self._lock:
            row = self._database.execute(
                "SELECT document FROM caught WHERE kind = 'mail' AND id = ?", (identity,)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._database.execute("DELETE FROM caught")

    def close(self) -> None:
        """Let the file go."""
        self._database.close()
