"""Events: what happened, as versioned, frozen facts. One module for what each is about; `catalogue` has them all.

An event carries the whole state of its entity at `version`, never a difference, so that a consumer may drop what is
older than what it knows. `docs/asyncapi.yaml` describes the same for other languages.
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from lms import models as models  # Events, too, are built when they are first used.


class Event(BaseModel):
    """A past-tense fact. Fields that a consumer does not know are ignored, so that producers may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    topic: ClassVar[str]
    version: int

    @property
    def subject(self) -> str:
        """The entity whose version this is: the Kafka key, so that its events keep their order."""
        raise NotImplementedError
