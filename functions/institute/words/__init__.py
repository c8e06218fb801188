"""The words of calendars: one file a language."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from lms.languages import Language


@lru_cache
def words(language: Language) -> dict[str, str]:
    """The titles of entries; what is in braces is filled in."""
    return tomllib.loads((files(__name__) / f"{language}.toml").read_text("utf-8"))
