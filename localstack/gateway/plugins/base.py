"""What every plugin is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from localstack.gateway.consumers import Consumers
from localstack.gateway.exchange import Answer, Exchange, Headers


class Options(BaseModel):
    """A plugin's `config`: the options that this project uses. Any other is refused, never silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plugin may need besides its options."""

    consumers: Consumers
    clock: Callable[[], float]


Config = TypeVar("Config", bound=Options)


class Plugin(Generic[Config]):
    """One configured plugin. An answer from `access` ends the request."""

    name: ClassVar[str]
    options: ClassVar[type[Options]]

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self.config = config
        self.surroundings = surroundings

    async def access(self, exchange: Exchange) -> Answer | None:
        """What the request is answered with without asking the upstream, None to go on."""
        raise NotImplementedError

    def filter_headers(self, exchange: Exchange, headers: Headers) -> None:
        """Changes the headers of whatever is answered."""
