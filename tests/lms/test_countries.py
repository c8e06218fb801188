"""Country codes."""

from lms.countries import COUNTRIES


def test_all_249_officially_assigned_codes_are_known() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in COUNTRIES)
    assert {"PK", "DE", "GB", "TR", "XK", "UK", "EU", "AN"} & COUNTRIES == {"PK", "DE", "GB", "TR"}
