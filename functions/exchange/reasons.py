"""The codes of what reports say, by which a reader finds it in another language."""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from exchange.items import Reason


def coded(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """As they are stored: of each its code, the numbers and texts in it and its whole English text."""
    return [
        {
            "code": _codes().get(reason.template),
            "numbers": {name: value for name, value in reason.values.items() if isinstance(value, int)},
            "texts": {name: value for name, value in reason.values.items() if isinstance(value, str)},
            "text": reason.text[:2000],
        }
        for reason in reasons
    ]


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    sentences = tomllib.loads((files("exchange") / "reasons.toml").read_text("utf-8"))
    return {sentence: code for code, sentence in sentences.items()}
