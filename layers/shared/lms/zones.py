"""Time zones: those that tzdata lists, whatever else the machine has files for."""

from functools import lru_cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lms.log import logger


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The names of tzdata's list. `localtime` and `posixrules` are a machine's own; `Factory` means none was set."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}


def find_zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one that tzdata has dropped since somebody chose it."""
    if name in zone_names():
        return ZoneInfo(name)
    logger.warning("no such time zone", extra={"zone": name})
    return ZoneInfo("UTC")


def _known(value: str) -> str:
    if value not in zone_names():
        raise PydanticCustomError("value_error", "Choose an IANA time zone, such as Asia/Karachi.")
    return value


_SPELLING = {"minLength": 1, "maxLength": 64, "pattern": r"^[A-Za-z0-9_+\-/]+$"}
TimeZone = Annotated[str, Field(json_schema_extra=_SPELLING), AfterValidator(_known)]
"""The name of a time zone, in bodies."""
