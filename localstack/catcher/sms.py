"""The web side alone, for SMS: in Docker, Mailpit takes the mails.

python -m localstack.catcher.sms FILE HOST PORT

It needs nothing but Python.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from localstack.catcher.store import Store
from localstack.catcher.web import WebServer


def main(file: str, host: str, port: str) -> int:
    """Serve until SIGTERM."""
    store = Store(Path(file))
    web = WebServer((host, int(port)), store)
    # From another thread: shutdown() waits for serve_forever(), which this one runs.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=web.shutdown).start())
    web.serve_forever()
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
