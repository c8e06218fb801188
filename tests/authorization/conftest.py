"""The world of the contract's tests, with all callers of the table in it."""

import pytest

from tests.authorization.world import AuthorizationWorld
from tests.contract.conftest import auth, kong, world

__all__ = ["auth", "kong", "world"]


@pytest.fixture
def kind_of_world() -> type[AuthorizationWorld]:
    return AuthorizationWorld
