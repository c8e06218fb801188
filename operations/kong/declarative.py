"""kong.yml, the declarative file, as it is read: with its `${NAME}`s filled in."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("kong.yml")
# libyaml's, a tenth of the time, in every PyYAML wheel.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class ConfigError(ValueError):
    """A file that no gateway must start with; the message is for whoever started it."""


def load(path: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Reads the file and fills in every `${NAME}`. Raises ConfigError."""
    try:
        document = yaml.load(path.read_text(), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    missing: set[str] = set()
    filled = _fill_in(document, environment, missing)
    if missing:
        raise ConfigError(f"{path}: set in the environment first: {', '.join(sorted(missing))}")
    if not isinstance(filled, dict):
        raise ConfigError(f"{path}: a mapping is expected")
    return filled


def _fill_in(value: Any, environment: Mapping[str, str], missing: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill_in(inner, environment, missing) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill_in(inner, environment, missing) for inner in value]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        if not environment.get(match[1]):
            missing.add(match[1])
        return environment.get(match[1], "")

    return _PLACEHOLDER.sub(replace, value)
