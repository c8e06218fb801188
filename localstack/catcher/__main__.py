"""Run the catcher until SIGTERM.

python -m localstack.catcher
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from localstack.catcher.mail import caught
from localstack.catcher.store import Store
from localstack.catcher.web import WebServer
from localstack.settings import HOST, Settings

MAX_MAIL = 1 << 20


class Catching:
    """Takes every mail that is brought."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store it before saying so."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self._store.add_mail(caught(raw, envelope.mail_from or "", envelope.rcpt_tos, datetime.now(UTC)))
        return "250 caught"


def main() -> int:
    """SMTP on a thread of its own, the web here."""
    settings = Settings.from_environment(os.environ)
    store = Store(settings.folder / "catcher.sqlite")
    smtp = Controller(Catching(store), hostname=HOST, port=settings.smtp, data_size_limit=MAX_MAIL, ready_timeout=20)
    web = WebServer((HOST, settings.mail), store)
    smtp.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        # From another thread: shutdown() waits for serve_forever(), which this one runs.
        signal.signal(number, lambda *_: threading.Thread(target=web.shutdown).start())
    web.serve_forever()
    smtp.stop()
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
