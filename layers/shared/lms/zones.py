"""Time zones: those that tzdata lists, whatever else the machine has files for."""

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

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
