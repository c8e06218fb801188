"""From where somebody signs in, in the words that they see in the list of their sessions."""

import re
from dataclasses import dataclass

# The first that occurs: every browser also names those that it wants to be taken for.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"(?!Mozilla)[A-Za-z][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class Device:
    """Where a session was used: `client` such as "Chrome on Windows", and the address."""

    client: str
    address: str


def describe(user_agent: str) -> str:
    """The kind of client that a `User-Agent` speaks of: a browser and its system, or the name of a program."""
    program = _PROGRAM.match(user_agent)
    name = _first(_BROWSERS, user_agent) or (program[0] if program else "Unknown client")
    system = _first(_SYSTEMS, user_agent)
    return f"{name} on {system}" if system else name


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for sign, name in names if sign in user_agent), None)
