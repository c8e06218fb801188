"""What a start begins from, whatever the run before it left behind."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localstack.saved import Saved
from localstack.settings import Settings


class World:
    """A stack's folder, and a gateway whose accounts are one word."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.from_environment({"LMS_STACK_DIR": str(folder)})
        self.folder, self.state = folder, folder / "emulator" / "state"
        self.settings.run.mkdir(parents=True)
        self.accounts = ""
        self.environment: Any = SimpleNamespace(keep=self._keep, go_back=self._go_back)
        self.saved = Saved(self.settings)

    def _keep(self, folder: Path) -> None:
        (folder / "accounts").write_text(self.accounts)

    def _go_back(self, folder: Path) -> None:
        kept = folder / "accounts"
        self.accounts = kept.read_text() if kept.exists() else ""

    def start(self) -> bool:
        newest = self.saved.prepare(self.environment)
        self.state.mkdir(parents=True, exist_ok=True)
        return newest

    def write(self, **tables: str) -> None:
        """As the emulator writes: each file whole, in the place of the one before."""
        for name, content in tables.items():
            (self.state / "unfinished").write_text(content)
            (self.state / "unfinished").rename(self.state / name)
        self.accounts = "".join(tables.values())

    def clean_session(self, **tables: str) -> None:
        self.start()
        self.saved.deployed()
        self.write(**tables)
        assert self.saved.stopped()

    @property
    def tables(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.state.iterdir()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "stack")


def test_what_a_clean_stop_wrote_is_what_the_next_start_begins_from(world: World) -> None:
    world.clean_session(users="1", stacks="1")
    assert world.start()
    assert world.tables == {"users": "1", "stacks": "1"}


def test_half_a_save_is_not_begun_from(world: World) -> None:
    world.clean_session(users="1", stacks="1")
    world.start()
    world.saved.deployed()
    world.write(users="2")
    assert not world.start()
    assert (world.tables, world.accounts) == ({"users": "1", "stacks": "1"}, "11")


def test_a_first_session_that_was_cut_off_leaves_nothing(world: World) -> None:
    world.start()
    world.write(users="1")
    objects = world.folder / "emulator" / "s3"
    objects.mkdir()
    assert not world.start()
    assert (world.tables, world.accounts, objects.exists()) == ({}, "", False)


def test_one_cut_off_after_the_other_goes_back_to_the_same_stop(world: World) -> None:
    world.clean_session(users="1")
    for content in ("2", "3"):
        world.start()
        world.saved.deployed()
        world.write(users=content)
    assert not world.start()
    assert world.tables == {"users": "1"}


def test_a_stop_in_the_middle_of_a_deployment_is_not_begun_from(world: World) -> None:
    world.clean_session(users="1")
    world.start()
    world.write(users="1", stacks="in progress")
    assert not world.saved.stopped()
    assert not world.start()
    assert world.tables == {"users": "1"}


def test_a_start_that_is_cut_off_while_it_keeps_what_was_saved_keeps_it_again(world: World) -> None:
    world.clean_session(users="1")

    def cut_off(_: Path) -> None:
        raise KeyboardInterrupt

    world.environment.keep = cut_off
    with pytest.raises(KeyboardInterrupt):
        world.start()
    world.environment.keep = world._keep
    assert world.start()
    assert (world.tables, world.accounts) == ({"users": "1"}, "1")


def test_a_reset_that_is_cut_off_leaves_nothing_that_looks_whole(world: World) -> None:
    world.clean_session(users="1", stacks="1")
    world.start()
    world.saved.deployed()
    world.saved.stopped()
    world.saved.forget()
    (world.state / "stacks").unlink()
    assert not world.start()
    assert world.tables == {}
