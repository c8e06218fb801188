"""What clients see."""

from datetime import datetime
from typing import Literal

from lms.fields import View


class Parts(View):
    """`events` is `delayed` when some have waited for minutes."""

    api: Literal["ok"]
    tables: Literal["ok", "unreachable"]
    events: Literal["ok", "delayed", "unknown"]


class Health(View):
    """`down`: requests fail; `impaired`: requests are served, but events are late."""

    status: Literal["ok", "impaired", "down"]
    parts: Parts
    checked_at: datetime
