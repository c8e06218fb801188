"""A back-up of everything that the stack keeps, in one file: what a power cut at that moment would leave."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from localstack.journal import Folder
from localstack.process import PidFile
from localstack.settings import Settings

DATABASES = ("gateway.sqlite", "catcher.sqlite")
STOP_SECONDS = 0.05


class NoBackup(ValueError):
    """The file holds no back-up of a stack."""


def back_up(settings: Settings, file: Path) -> None:
    """Write the back-up. The emulator, if it runs, stands still for as long as it takes to link its files."""
    links = settings.folder / "backup"
    shutil.rmtree(links, ignore_errors=True)
    (links / "emulator").mkdir(parents=True, mode=0o700)
    with _standing_still(PidFile(settings.run / "emulator.pid").pid()):
        for name in ("state", "s3"):
            shutil.copytree(
                settings.folder / "emulator" / name,
                links / "emulator" / name,
                copy_function=_linked,
                ignore=shutil.ignore_patterns("*.unfinished"),
            )
        # What others know of the tables may be newer than these, never older.
        for name in DATABASES:
            if (settings.folder / name).exists():
                _copy_database(settings.folder / name, links / name)
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    # It holds secrets.
    unfinished.touch(mode=0o600)
    with tarfile.open(unfinished, "w:gz", compresslevel=1) as archive:
        archive.add(links, arcname=".")
    unfinished.rename(file)
    shutil.rmtree(links)


@contextmanager
def _standing_still(pid: int | None) -> Iterator[None]:
    """The process with all of its group."""
    if pid is None:
        yield
        return
    os.killpg(pid, signal.SIGSTOP)
    try:
        # No thread goes on in its program from now on; a call of the system that one had begun comes to its end.
        time.sleep(STOP_SECONDS)
        yield
    finally:
        os.killpg(pid, signal.SIGCONT)


def _linked(source: str, target: str) -> None:
    """The emulator replaces its files and changes none, but for a journal, which grows."""
    if source.endswith(".journal"):
        shutil.copyfile(source, target)
    else:
        os.link(source, target)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as now, closing(sqlite3.connect(target)) as kept:
        now.backup(kept)


def unpack(file: Path, folder: Path) -> None:
    """Lay a back-up out in a new folder; raises NoBackup."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as failure:
        raise NoBackup(f"{file} cannot be unpacked: {failure}") from failure
    if Folder(folder / "emulator" / "state").newest() is None:
        raise NoBackup(f"{file} is no back-up of a stack")
