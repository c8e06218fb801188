"""What clients see."""

from datetime import datetime
from typing import Literal

from lms.fields import View


class Parts(View):
    """`events` delayed: some have waited for minutes."""

    api: Literal["ok"]
    tables: Literal["ok", "unreachable"]
    events: Literal["ok", "delayed", "unknown"]


class Health(View):
    """`down`: requests are bound to fail; `impaired`: requests are served, and something behind them is late."""

    status: Literal["ok", "impaired", "down"]
    parts: Parts
    checked_at: datetime
