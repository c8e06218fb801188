"""The languages that people choose from."""

from typing import Literal

Language = Literal["en", "ur"]
