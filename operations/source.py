"""The source tree: where it is, its files, and the application of every function."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
# Stands for settings that a function reads when it is imported, and that do not change its routes.
_ANY_SETTING = "x" * 64


def files(folder: Path) -> list[Path]:
    """Every file under `folder` in a stable order, but for what interpreters and editors leave behind."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def services_with_api() -> list[str]:
    """The packages of functions that have an `api`: a module, or a package where there is much of it."""
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/api*") if path.stem == "api")


def applications() -> dict[str, Any]:
    """The application of every function that has an `api`, by its package's name."""
    for folder in (ROOT / "functions", ROOT / "layers" / "shared"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    settings = importlib.import_module("lms.settings")
    environment = SimpleNamespace(get=lambda name, _: os.environ.get(name) or _ANY_SETTING)
    # Not `setting` itself: the modules that are imported here would keep its stand-in for good.
    with patch.object(settings, "os", SimpleNamespace(environ=environment)):
        return {name: importlib.import_module(f"{name}.api").app for name in services_with_api()}
