"""Time zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lms.zones import find_zone, zone_names


def test_every_zone_that_is_listed_can_be_reckoned_with() -> None:
    assert {"Asia/Karachi", "Europe/Berlin", "America/Argentina/Ushuaia", "UTC"} <= zone_names()
    assert not {"localtime", "posixrules", "Factory"} & zone_names()
    for name in zone_names():
        assert datetime.now(UTC).astimezone(find_zone(name)).utcoffset() is not None


def test_a_zone_that_is_not_listed_is_utc() -> None:
    assert find_zone("Asia/Lost_City") == find_zone("localtime") == ZoneInfo("UTC")
