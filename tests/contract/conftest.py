"""The whole system on moto, as a client of the API finds it: one of everything, made through the public doors once."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.auth.conftest import Auth, Kong, auth, kong
from tests.conftest import Clock
from tests.contract.world import World
from tests.journeys.world import FunctionsByName
from tests.moto_patches import copied, tables

__all__ = ["auth", "kong"]  # Fixtures of the world.


@dataclass
class Made:
    """A world as it was when it was new."""

    world: World
    at: datetime
    items: dict[str, dict[Any, Any]]
    gateway: dict[str, Any]


_made: dict[type[World], Made] = {}
# Its people's tokens are good for 15 minutes.
_LIFETIME = timedelta(minutes=5)


@pytest.fixture
def kind_of_world() -> type[World]:
    """What the world is made by; other tests want more in it."""
    return World


@pytest.fixture
def world(
    auth: Auth, kong: Kong, bucket: Any, clock: Clock, kind_of_world: type[World], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The world as it was made, whatever the test before did to it."""
    from lms import credentials

    monkeypatch.setattr(credentials, "_lambda", FunctionsByName)

    made = _made.get(kind_of_world)
    if made is None or clock() - made.at > _LIFETIME:
        new = kind_of_world(auth)
        items = {name: copied(table.items) for name, table in tables().items()}
        made = _made[kind_of_world] = Made(new, clock(), items, copy.deepcopy(kong.__dict__))

    def restore() -> None:
        for name, table in tables().items():
            table.items = copied(made.items[name])
        kong.__dict__.update(copy.deepcopy(made.gateway))

    made.world.reset = restore
    restore()
    yield made.world
    for service in World.services():
        service.app.dependency_overrides.clear()
