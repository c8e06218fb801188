"""A stack for one benchmark, in a folder of its own."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from tests.stack.conftest import StackUnderTest


@contextmanager
def own_stack() -> Iterator[StackUnderTest]:
    """Starts it, and stops it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        stack = StackUnderTest(Path(folder))
        _command(stack, "up")
        try:
            yield stack
        finally:
            _command(stack, "down")


def _command(stack: StackUnderTest, word: str) -> None:
    with redirect_stdout(sys.stderr):
        done = stack.command(word)
    if done.returncode:
        raise RuntimeError(f"{word}: {done.stdout}{done.stderr}")
