"""In Docker: what the last clean stop wrote, kept apart from what a run changes.

The emulator's image keeps its tables in memory and writes them, one file a service, when it is stopped; the broker's
disk, the gateway's accounts and uploaded files are written at once. After a clean stop all are of one moment. After
anything else they are not: a save may be half written, and the gateway and the broker know of users whom no table
knows. So a start without the marker of a clean stop goes back to the last one in everything.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol

from localstack.settings import Settings


class Neighbours(Protocol):
    """What is kept and goes back with the emulator's tables."""

    def keep(self, folder: Path) -> None:
        """Copy the gateway's accounts, as they are after a clean stop, into `folder`."""

    def go_back(self, folder: Path) -> None:
        """Give the gateway the accounts that were kept there, or none, and drop Kafka's topics, records and offsets."""


class Saved:
    """The marker of a clean stop, and the copy to go back to. A kill between any two steps leaves a way on."""

    def __init__(self, settings: Settings) -> None:
        self._clean = settings.folder / "clean"
        self._copy = settings.folder / "saved"
        self._unfinished = settings.folder / "saved.unfinished"
        self._deployed = settings.run / "deployed"
        self._state = settings.folder / "emulator" / "state"
        self._objects = settings.folder / "emulator" / "s3"

    def prepare(self, neighbours: Neighbours) -> bool:
        """Lay ready what the emulator starts from; False when it is older than what was there.

        The emulator, the broker and the gateway must not be running.
        """
        newest = self._clean.exists() or not self._state.parent.exists()
        if self._clean.exists():
            self._keep(neighbours)
        else:
            self._go_back(neighbours)
        self._deployed.unlink(missing_ok=True)
        self._clean.unlink(missing_ok=True)
        return newest

    def _keep(self, neighbours: Neighbours) -> None:
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(parents=True, mode=0o700)
        if self._state.exists():
            # The emulator replaces its files, never changes them: links cost nothing, and keep what they name.
            shutil.copytree(self._state, self._unfinished / "state", copy_function=os.link)
        neighbours.keep(self._unfinished)
        shutil.rmtree(self._copy, ignore_errors=True)
        self._unfinished.rename(self._copy)

    def _go_back(self, neighbours: Neighbours) -> None:
        shutil.rmtree(self._state, ignore_errors=True)
        if (self._copy / "state").exists():
            shutil.copytree(self._copy / "state", self._state, copy_function=os.link)
        else:
            # Nothing was ever saved, so nothing names these.
            shutil.rmtree(self._objects, ignore_errors=True)
        neighbours.go_back(self._copy)

    def deployed(self) -> None:
        """The template stands: from now on a stop leaves something to start from."""
        self._deployed.touch()

    def stopped(self) -> bool:
        """The emulator has ended and written all; False when it was stopped in the middle of a deployment.

        No later start could finish that one, so the next goes back to the stop before.
        """
        if not self._deployed.exists():
            return False
        # The marker must not reach the disk before what it vouches for.
        os.sync()
        self._clean.touch()
        return True

    def forget(self) -> None:
        """At once, so that a reset that is cut off leaves nothing that looks whole."""
        self._clean.unlink(missing_ok=True)
        if self._copy.exists():
            shutil.rmtree(self._unfinished, ignore_errors=True)
            self._copy.rename(self._unfinished)
