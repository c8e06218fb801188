"""The environment of a function, read at import, so that a bad deployment fails at start and not at a request."""

import os


class SettingsError(RuntimeError):
    """The environment lacks a setting, or holds an unsafe one."""


def setting(name: str) -> str:
    """The value of an environment variable that the function cannot run without."""
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def secret(name: str) -> bytes:
    """A secret of at least 32 characters, or several in a row, with spaces between.

    A placeholder, or a dynamic reference that nobody resolved, is refused.
    """
    value = setting(name)
    if min(map(len, value.split()), default=0) < 32 or value.startswith("{{"):
        raise SettingsError(f"{name} is no usable secret")
    return value.encode()
