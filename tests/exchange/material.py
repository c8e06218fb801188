"""Real files of other systems, which are not part of this repository.

They are read where they lie: `LMS_IMPORT_MATERIAL=folder pytest tests/exchange`. In the folder is one for each GitHub
repository, `<owner>+<name>`, with its files as they are there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.packages import Opened, open_package

FOLDER = Path(os.environ.get("LMS_IMPORT_MATERIAL", ""))


def material(repository: str) -> Path:
    """The folder of a repository; the test is skipped where it is not."""
    if "LMS_IMPORT_MATERIAL" not in os.environ:
        pytest.skip("LMS_IMPORT_MATERIAL names no folder with real files")
    folder = FOLDER / repository.replace("/", "+")
    if not folder.is_dir():
        pytest.skip(f"{FOLDER} holds no {folder.name}")
    return folder


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    with path.open("rb") as file, open_package(file, path.name) as package:
        yield package
