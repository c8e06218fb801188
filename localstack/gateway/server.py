"""The gateway as a whole: two ports over one store."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from localstack.gateway import config
from localstack.gateway.admin import Admin
from localstack.gateway.entities import Entities
from localstack.gateway.http1 import Counters, ServerConnection
from localstack.gateway.proxy import Proxy
from localstack.gateway.store import Store
from localstack.gateway.upstream import Pool

HOST = "127.0.0.1"
BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Ports 0 take free ones; `upstream_concurrency` and `client_max_body_size` (bytes) None do not bound it."""

    data: Path
    config: Path | None = None
    proxy_port: int = 8000
    admin_port: int = 8001
    upstream_concurrency: int | None = None
    client_max_body_size: int | None = None


class Gateway:
    """Listens on 127.0.0.1 from start() to stop()."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._document = config.load(settings.config) if settings.config else None

    async def start(self) -> None:
        """Raises ConfigError, and OSError when a port is taken."""
        settings = self._settings
        counters = Counters()
        self._store = Store(settings.data)
        self._pool = Pool(settings.upstream_concurrency)
        entities = Entities(self._store, self._clock)
        admin = Admin(entities, self._store, counters)
        if self._document is not None:
            config.apply(self._document, entities)
        loop = asyncio.get_running_loop()
        proxy = Proxy(self._store, self._pool, lambda: self.proxy_port, self._clock, settings.client_max_body_size)
        self._proxy_server = await loop.create_server(
            lambda: ServerConnection(proxy, counters), HOST, settings.proxy_port, backlog=BACKLOG
        )
        self.proxy_port: int = self._proxy_server.sockets[0].getsockname()[1]
        # Last, because an answer on this port means that all is ready.
        self._admin_server = await loop.create_server(
            lambda: ServerConnection(admin, counters), HOST, settings.admin_port, backlog=BACKLOG
        )
        self.admin_port: int = self._admin_server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._admin_server.close()
        self._proxy_server.close()
        self._pool.close()
        self._store.close()
